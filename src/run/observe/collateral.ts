import { selects } from '../../k8s/deployment.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Dependant } from '../../knowledge/dependants.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindness } from './checks.ts';
import { combined, servingEvidence } from './evidence.ts';

/** Whether each Deployment outside the target serves, by `namespace/name`, and which could not be read. */
export interface Bystanders {
  serving: ReadonlyMap<string, boolean>;
  unread: readonly Unread[];
}

/** One Deployment (`namespace/name`) or all of one namespace, and why it could not be read. */
interface Unread {
  what: string;
  says: string;
}

/** The Deployments outside the target that the fault could harm. */
export interface Neighbourhood {
  namespaces: readonly string[];
  /** Whether a Deployment belongs to the experiment. */
  isTarget(deployment: KubeObject): boolean;
  /** Components that need the target, wherever they are. */
  dependants: readonly Dependant[];
}

/**
 * Reads once the Deployments of the experiment's namespaces and those of the components that depend on the target.
 * Other namespaces are left out: in a shared cluster there is always an unrelated rollout somewhere.
 */
export async function readBystanders(api: Api, where: Neighbourhood, signal?: AbortSignal): Promise<Bystanders> {
  const [near, dependent] = await Promise.all([neighbours(api, where, signal), dependants(api, where, signal)]);
  const { serving } = near;
  return {
    serving: new Map([...dependent.serving, ...serving]),
    unread: [...near.unread, ...dependent.unread.filter(({ what }) => !serving.has(what))],
  };
}

async function dependants(
  api: Api,
  { dependants, isTarget }: Neighbourhood,
  signal?: AbortSignal,
): Promise<Bystanders> {
  const refs = dependants.flatMap(({ deployments }) => deployments);
  const reads = await Promise.all(refs.map(ref => api.get(ref, signal ? { signal } : {})));
  const serving = new Map<string, boolean>();
  const unread: Unread[] = [];
  for (const [index, read] of reads.entries()) {
    if (!read.ok) {
      const { namespace, name } = refs[index] as ObjectRef;
      const says = `collateral was not assessed for Deployment ${namespace}/${name}, which depends on the target: ${blindness(read)}`;
      if (read.reason !== 'not-found') unread.push({ what: `${namespace}/${name}`, says: sanitise(says) });
      continue;
    }
    const deployment = { ...read.value, kind: 'Deployment' };
    if (!isTarget(deployment)) serving.set(keyOf(deployment), isServing(deployment));
  }
  return { serving, unread };
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

async function neighbours(
  api: Api,
  { namespaces, isTarget }: Neighbourhood,
  signal?: AbortSignal,
): Promise<Bystanders> {
  const pages = await Promise.all(
    namespaces.map(namespace =>
      api.listAll({ apiVersion: 'apps/v1', kind: 'Deployment', namespace }, signal ? { signal } : {}),
    ),
  );
  const serving = new Map<string, boolean>();
  const unread: Unread[] = [];
  for (const [index, page] of pages.entries()) {
    if (!page.ok) {
      const namespace = namespaces[index] as string;
      const says = `collateral was not assessed in namespace ${namespace}: deployments: ${blindness(page)}`;
      unread.push({ what: namespace, says: sanitise(says) });
      continue;
    }
    for (const item of page.value.items) {
      const deployment = { ...item, kind: 'Deployment' };
      if (isTarget(deployment)) continue;
      serving.set(keyOf(deployment), isServing(deployment));
    }
  }
  return { serving, unread };
}

/** Whether a Deployment serves. One that is scaled to zero on purpose is healthy, but does not serve. */
export const isServing = (deployment: KubeObject): boolean =>
  combined(servingEvidence(deployment)) === 'pass' &&
  Number(fieldAt(deployment, 'status.readyReplicas').value ?? 0) > 0;

/** Deployments that served before and do not serve now, or are gone. Those that could not be read are left out. */
export function harmed(before: Bystanders, now: Bystanders): string[] {
  const isUnread = (name: string) =>
    now.serving.get(name) === undefined && now.unread.some(({ what }) => what === name || name.startsWith(`${what}/`));
  return [...before.serving]
    .filter(([name, served]) => served && now.serving.get(name) !== true && !isUnread(name))
    .map(([name]) => sanitise(`Deployment ${name}`));
}

/** Lines about what could be read before and cannot be read now. */
export const newlyUnread = (before: Bystanders, now: Bystanders): string[] =>
  now.unread.filter(({ what }) => !before.unread.some(one => one.what === what)).map(({ says }) => says);

/** Returns a function that says whether a Deployment is named by the experiment or selects a pod in reach. */
export function targetsOf(
  named: readonly { kind: string; namespace?: string; name: string }[],
  pods: readonly KubeObject[],
): (deployment: KubeObject) => boolean {
  return deployment => {
    const { namespace, name } = deployment.metadata;
    if (named.some(ref => ref.kind === 'Deployment' && ref.namespace === namespace && ref.name === name)) return true;
    return pods.some(pod => pod.metadata.namespace === namespace && selects(deployment, pod));
  };
}
