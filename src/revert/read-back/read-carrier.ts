import { fields } from '../../k8s/fields.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { failure } from '../../kube/client/http/failure.ts';
import type { Failure, Outcome } from '../../kube/client/http/outcome.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import { blindReason } from '../blind.ts';

const CRD = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

/** The result of reading an object; `kindGone` says that its CRD was deleted, and every object of the kind with it. */
export interface Carrier {
  got: Outcome<KubeObject>;
  kindGone?: string;
}

/**
 * Reads an object that may carry an injection. Returns `not-found` only if the object is certainly gone: objects of a version or kind that
 * the cluster does not serve at the moment may still exist.
 */
export async function readCarrier(api: Api, ref: ObjectRef): Promise<Carrier> {
  const got = await api.get(ref);
  const { apiVersion, kind } = ref;
  if (got.ok || coreKind(apiVersion, kind) !== undefined) return { got };
  const discovery = await api.discovery();
  if (!discovery.ok) return { got: got.reason === 'not-found' ? discovery : got };
  const { byKind, resources } = discovery.value;
  if (byKind(apiVersion, kind) !== undefined) return { got };
  const group = groupOf(apiVersion);
  const other = resources.find(one => one.group === group && one.kind === kind);
  if (other !== undefined) return { got: await api.get({ ...ref, apiVersion: other.apiVersion }) };
  if (got.reason !== 'not-found') return { got };
  const doubt = await whyMayExist(api, group, kind);
  if (doubt !== undefined) return { got: doubt };
  const named = sanitise(`${kind} (${group})`, 200);
  return {
    got,
    kindGone: `the object is gone: the CustomResourceDefinition of ${named} was deleted, and every object of that kind with it`,
  };
}

/** Why a kind that the cluster does not serve may still have objects; undefined if no CRD of it is left. */
async function whyMayExist(api: Api, group: string, kind: string): Promise<Failure | undefined> {
  const named = sanitise(`${kind} (${group})`, 200);
  const listed = await api.listAll(CRD, { metadataOnly: true });
  const unknown = (why: string) =>
    failure('server-error', cleanText`the cluster does not serve ${named} now, and ${sanitise(why, 300)}`);
  if (!listed.ok) return unknown(`its CustomResourceDefinition cannot be looked for: ${blindReason(listed)}`);
  const ofGroup = listed.value.items.filter(({ metadata }) => metadata.name.endsWith(`.${group}`));
  for (const { metadata } of ofGroup) {
    const got = await api.get({ ...CRD, name: metadata.name });
    if (!got.ok && got.reason === 'not-found') continue;
    if (!got.ok) return unknown(`CustomResourceDefinition ${metadata.name} cannot be read: ${blindReason(got)}`);
    if (fields(fields(got.value.spec).names).kind === kind)
      return unknown(`its CustomResourceDefinition ${metadata.name} is still there`);
  }
  return undefined;
}
