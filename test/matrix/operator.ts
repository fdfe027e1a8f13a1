import type { Api } from '../../src/kube/api.ts';
import type { Clock } from '../../src/kube/clock.ts';
import type { Json, KubeObject, ObjectRef } from '../../src/kube/object.ts';
import { asNew } from '../support/recorded-live.ts';
import type { Character } from './characters.ts';
import type { Row } from './faults.ts';

/** The manager by which it signs what it writes. */
export const OPERATOR = 'shop-operator';
const LOOKS_MS = 500;
/** How long a service that adapts does not work. */
const ADAPTS_MS = 4_000;

/** Kinds that get something from the server each time they are made, or, a Lease, from its next holder. */
const GIVEN = ['Namespace', 'Service', 'Lease'];

/** What people write into an object, as text; marks of an injection are none of it. */
export function essence(object: KubeObject): string {
  const { metadata, status: _status, ...rest } = object;
  const labels = Object.entries(metadata.labels ?? {}).filter(([key]) => !key.startsWith('chaos.operatorchaos.io/'));
  const { ownerReferences = [] } = metadata;
  const content = GIVEN.includes(object.kind) ? {} : rest;
  return JSON.stringify([labels.toSorted(), ownerReferences, metadata.finalizers ?? [], content]);
}

/** What one operator looks after, as it was when it began. */
export interface Post {
  row: Row;
  character: Character;
  namespace: string;
  original: KubeObject | undefined;
  /** Uids of its pods. */
  pods: readonly string[];
}

/** An operator of this character, at work until the signal aborts. */
export async function work(deps: { api: Api; clock: Clock }, of: Post, signal: AbortSignal): Promise<void> {
  const { api, clock } = deps;
  const { row, character, namespace, original } = of;
  let since: number | undefined;
  let health = 'ok';
  const say = async (state: string) => {
    if (state === health) return;
    const patched = await api.patch(healthRef(namespace), 'merge', { data: { state } }, { fieldManager: OPERATOR });
    if (patched.ok) health = state;
  };
  while (!signal.aborted) {
    const isOn = await isBroken(api, of);
    const now = clock.monotonic();
    if (isOn && since === undefined) {
      since = now;
      if (row.stir !== undefined && row.victim) await api.remove(row.victim(namespace));
    }
    if (!isOn && character.breaks !== 'for ever') since = undefined;
    await say(isServing(character, since === undefined ? undefined : now - since) ? 'ok' : 'broken');
    const isDue = since !== undefined && character.healsAfterMs !== undefined && now - since >= character.healsAfterMs;
    if (isDue && isOn && original !== undefined && row.stir === undefined) await heal(api, original);
    await clock.sleep(LOOKS_MS, signal).catch(() => undefined);
  }
}

export const healthRef = (namespace: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name: 'health',
});

/** Whether its service works this long into the fault; undefined: there is none. */
function isServing({ breaks }: Character, intoMs: number | undefined): boolean {
  if (breaks === undefined || intoMs === undefined) return true;
  return breaks === 'for a while' && intoMs > ADAPTS_MS;
}

async function isBroken(api: Api, { row, character, namespace, original, pods }: Post): Promise<boolean> {
  if (row.type === 'PodKill')
    return (
      (await isBereft(api, namespace, pods)) && (character.breaks === 'for ever' || !(await isFull(api, namespace)))
    );
  if (row.made !== undefined && (await api.get(row.made(namespace))).ok) return true;
  if (row.victim === undefined || original === undefined) return false;
  const got = await api.get(row.victim(namespace));
  if (!got.ok) return got.reason === 'not-found' && row.stir === undefined;
  return essence(got.value) !== essence(original);
}

/** Whether one of the pods that it began with is gone. */
async function isBereft(api: Api, namespace: string, pods: readonly string[]): Promise<boolean> {
  const got = await podUids(api, namespace);
  return got !== undefined && pods.some(uid => !got.includes(uid));
}

export async function podUids(api: Api, namespace: string): Promise<string[] | undefined> {
  const got = await api.listAll({ apiVersion: 'v1', kind: 'Pod', namespace }, { labelSelector: 'app=web' });
  return got.ok ? got.value.items.map(({ metadata }) => metadata.uid ?? '') : undefined;
}

async function isFull(api: Api, namespace: string): Promise<boolean> {
  const got = await api.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'web' });
  return got.ok && ((got.value.status as { readyReplicas?: number } | undefined)?.readyReplicas ?? 0) >= 2;
}

/** Puts back what it looks after, and touches nothing else on the object. */
async function heal(api: Api, original: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata, status: _status, ...content } = original;
  const { name, namespace, labels = {}, ownerReferences, finalizers } = metadata;
  const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const body = { metadata: { labels, ownerReferences, finalizers }, ...(kind === 'Namespace' ? {} : content) };
  const patched = await api.patch(ref, 'merge', JSON.parse(JSON.stringify(body)) as Json, { fieldManager: OPERATOR });
  if (!patched.ok && patched.reason === 'not-found') await api.create(asNew(original), { fieldManager: OPERATOR });
}
