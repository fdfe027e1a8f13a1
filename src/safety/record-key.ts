import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';

/** Nobody but injectors, reverters and the reaper has any business in this namespace. */
const NAMESPACE = 'mayday-system';
/** The key by which records are signed: one for the whole cluster, made by the first who injects and may. */
export const RECORD_KEY: ObjectRef = {
  apiVersion: 'v1',
  kind: 'Secret',
  namespace: NAMESPACE,
  name: 'mayday-record-key',
};
const BYTES = 32;
const PART = { 'app.kubernetes.io/part-of': 'mayday' };

/** Whose word a record is, by key; undefined where there is none or we may not read it. Never throws, and never waits for a person. */
export async function readRecordKey(api: Api): Promise<Uint8Array | undefined> {
  const got = await api.get(RECORD_KEY).catch(() => undefined);
  return got?.ok ? keyIn(got.value) : undefined;
}

/** The key; made where there is none and we may make it. `random` gives that many bytes nobody can foresee. */
export async function readOrMakeRecordKey(
  api: Api,
  random: (bytes: number) => Uint8Array,
): Promise<Uint8Array | undefined> {
  const got = await api.get(RECORD_KEY).catch(() => undefined);
  if (got === undefined || got.ok) return got && keyIn(got.value);
  if (got.reason !== 'not-found') return undefined;
  const made = await makeKey(api, random(BYTES));
  // Somebody else may have been first: theirs counts.
  return made ? readRecordKey(api) : undefined;
}

async function makeKey(api: Api, key: Uint8Array): Promise<boolean> {
  const secret: KubeObject = {
    apiVersion: RECORD_KEY.apiVersion,
    kind: RECORD_KEY.kind,
    metadata: { name: RECORD_KEY.name, namespace: NAMESPACE, labels: PART },
    type: 'Opaque',
    immutable: true,
    data: { key: Buffer.from(key).toString('base64') },
  };
  const isThere = ({ ok, reason }: { ok: boolean; reason?: string }) => ok || reason === 'already-exists';
  const create = async (object: KubeObject) => isThere(await api.create(object));
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: PART } };
  try {
    return (await create(secret)) || ((await create(namespace)) && (await create(secret)));
  } catch {
    return false;
  }
}

function keyIn({ data }: KubeObject): Uint8Array | undefined {
  const text = (data as Record<string, unknown> | undefined)?.key;
  const key = typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
  return key?.length === BYTES ? key : undefined;
}
