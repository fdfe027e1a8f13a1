import type { Clock } from '../host/clock.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import { failure } from '../kube/client/http/failure.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { type Clean, cleanText, sanitise } from '../text/sanitise.ts';

/** Only injectors, reverters and the reaper need access to this namespace. */
const NAMESPACE = 'mayday-system';
/** The Secret with the key that signs records: one for the whole cluster, created at the first injection by a user who may create it. */
export const RECORD_KEY: ObjectRef = {
  apiVersion: 'v1',
  kind: 'Secret',
  namespace: NAMESPACE,
  name: 'mayday-record-key',
};
const BYTES = 32;
const NAMED = sanitise(`Secret ${NAMESPACE}/${RECORD_KEY.name}`);
const PART = { 'app.kubernetes.io/part-of': 'mayday' };

/** The key, or why there is none. `again` reads it once more; it is set if that may succeed. */
export type KeyRead = { key: Uint8Array } | KeyUnavailable;

/** Why a signature cannot be checked. `isAbsent`: nobody has made the key yet. */
export interface KeyUnavailable {
  key?: undefined;
  why: Clean;
  isAbsent?: true;
  again?: () => Promise<KeyRead>;
}

/** The pauses between the attempts of one read, milliseconds: a single failed answer must not make all records untrusted. */
const PAUSES_MS = [200, 600];
const LONGEST_READ_MS = 5_000;

/** Reads the key that signs records. Never throws. */
export async function readRecordKey(api: Api, clock: Clock): Promise<KeyRead> {
  const readAgain = () => readRecordKey(api, clock);
  for (let attempt = 0; ; attempt += 1) {
    const got = await api.get(RECORD_KEY, { timeoutMs: LONGEST_READ_MS }).catch(thrown);
    if (got.ok) return keyIn(got.value);
    if (got.reason === 'not-found') return { why: cleanText`there is no ${NAMED}`, isAbsent: true };
    if (got.reason === 'forbidden') return { why: cleanText`${NAMED} may not be read: ${got.message}` };
    const pause = PAUSES_MS[attempt];
    if (pause === undefined)
      return { why: cleanText`${NAMED} could not be read: ${got.message}`, again: shareRunning(readAgain) };
    await clock.sleep(pause);
  }
}

/** The key; created if it does not exist and we may create it. `random` gives that many unpredictable bytes. */
export async function readOrMakeRecordKey(
  api: Api,
  clock: Clock,
  random: (bytes: number) => Uint8Array,
): Promise<KeyRead> {
  const read = await readRecordKey(api, clock);
  if (read.key !== undefined || read.isAbsent === undefined) return read;
  await makeKey(api, random(BYTES));
  // The key is read again in any case: somebody else may have created it first, or the answer may have been lost although
  // the key was created.
  return readRecordKey(api, clock);
}

/** Many records may ask for the same read at the same time: they share the running one. */
function shareRunning(read: () => Promise<KeyRead>): () => Promise<KeyRead> {
  let running: Promise<KeyRead> | undefined;
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}

const thrown = (error: unknown): Failure => failure('unreachable', sanitise(error, 200));

async function makeKey(api: Api, key: Uint8Array): Promise<void> {
  const secret: KubeObject = {
    apiVersion: RECORD_KEY.apiVersion,
    kind: RECORD_KEY.kind,
    metadata: { name: RECORD_KEY.name, namespace: NAMESPACE, labels: PART },
    type: 'Opaque',
    immutable: true,
    data: { key: Buffer.from(key).toString('base64') },
  };
  const namespace: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels: PART } };
  try {
    const made = await api.create(secret);
    if (made.ok || made.reason === 'already-exists') return;
    // The key cannot be created without its namespace. If the namespace exists, this changes nothing.
    await api.create(namespace);
    await api.create(secret);
  } catch {
    // The read that follows shows whether there is a key.
  }
}

function keyIn({ data }: KubeObject): KeyRead {
  const text = (data as Record<string, unknown> | undefined)?.key;
  const key = typeof text === 'string' ? Buffer.from(text, 'base64') : undefined;
  return key?.length === BYTES ? { key } : { why: cleanText`${NAMED} does not hold a key of ${BYTES} bytes` };
}
