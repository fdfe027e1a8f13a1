import type { Api } from '../../kube/client/api.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { servedAs } from './served.ts';

/** Cluster-scoped kinds that refer to nothing in a namespace: they are read even when only one namespace may be. */
const CLASSES: readonly ViewKind[] = ['StorageClass', 'CSIDriver', 'PriorityClass', 'RuntimeClass', 'IngressClass'];

/**
 * The namespace to restrict the view to: the requested one, if pods may be listed there but not in the whole cluster.
 * A user who may read everything is never restricted.
 */
export async function restrictionFor(
  api: Pick<Api, 'list'>,
  namespace: string | undefined,
): Promise<string | undefined> {
  if (namespace === undefined) return undefined;
  const pods = { apiVersion: 'v1', kind: 'Pod' };
  const everywhere = await api.list(pods, { limit: 1 });
  if (everywhere.ok || everywhere.reason !== 'forbidden') return undefined;
  const here = await api.list({ ...pods, namespace }, { limit: 1 });
  return here.ok ? namespace : undefined;
}

/** Whether objects of the kind are in namespaces. */
export function isNamespaced(kind: ViewKind, discovery: Discovery | undefined): boolean {
  const builtIn = coreKind(VIEW_KINDS[kind], kind);
  if (builtIn !== undefined) return builtIn.namespaced;
  const served = discovery && servedAs(discovery, kind);
  return served?.namespaced ?? !/^Cluster|^ConstraintTemplate$/.test(kind);
}

/** Why a kind is not read in a view of one namespace; undefined when it is read. */
export function whyNotRead(
  namespace: string | undefined,
  kind: ViewKind,
  discovery: Discovery | undefined,
): Clean | undefined {
  if (namespace === undefined || CLASSES.includes(kind) || isNamespaced(kind, discovery)) return undefined;
  return onlyText(namespace);
}

/** The reason for everything outside the namespace. */
export const onlyText = (namespace: string): Clean => cleanText`only namespace ${sanitise(namespace)} may be read`;
