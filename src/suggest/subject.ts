import type { ObjectRef } from '../k8s/object.ts';
import { controllerOf } from '../k8s/pod.ts';
import type { Api } from '../kube/client/api.ts';
import type { Outcome } from '../kube/client/http/outcome.ts';
import type { Subject } from './offers.ts';

const READ_MS = 8_000;
const MOST_OWNERS = 4;

/** Reads an object and the controllers above it. An owner that cannot be read ends the chain: what is above it is not known. */
export async function readSubject(
  api: Pick<Api, 'get' | 'discovery'>,
  ref: ObjectRef,
  signal?: AbortSignal,
): Promise<Outcome<Subject>> {
  const options = { timeoutMs: READ_MS, ...(signal && { signal }) };
  const [found, discovered] = await Promise.all([api.get(ref, options), api.discovery()]);
  if (!found.ok) return found;
  const object = { ...found.value, apiVersion: ref.apiVersion, kind: ref.kind };
  const owners = [];
  for (let child = object; owners.length < MOST_OWNERS; ) {
    const owner = controllerOf(child);
    if (owner === undefined) break;
    const { apiVersion, kind, name } = owner;
    const { namespace } = child.metadata;
    const read = await api.get({ apiVersion, kind, name, ...(namespace !== undefined && { namespace }) }, options);
    if (!read.ok || read.value.metadata.uid !== owner.uid) break;
    child = { ...read.value, apiVersion, kind };
    owners.push(child);
  }
  const resource = discovered.ok ? discovered.value.byKind(ref.apiVersion, ref.kind)?.resource : undefined;
  return { ...found, value: { object, owners, ...(resource !== undefined && { resource }) } };
}
