import type { Clock } from '../../src/host/clock.ts';
import type { Json, KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { asNew } from '../support/recorded-live.ts';
import type { Breaking, Character } from './characters.ts';
import type { Row } from './faults.ts';

/** The manager by which it signs what it writes. */
export const OPERATOR = 'shop-operator';
const LOOKS_MS = 500;
/** How long a service that adapts does not work, and one that does so too late. */
const ADAPTS_MS = 4_000;
const ADAPTS_LATE_MS = 50_000;
/** A service that comes and goes stays so long, either way. */
const FLAPS_MS = 1_500;

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
  let since: number | undefined;
  let health = 'ok';
  let isContent = false;
  while (!signal.aborted) {
    const isOn = await isBroken(api, of);
    const now = clock.monotonic();
    if (isOn && since === undefined) {
      since = now;
      await startle(api, of);
    }
    if (!isOn && !LASTING.includes(of.character.breaks)) since = undefined;
    const into = since === undefined ? undefined : now - since;
    health = await said(api, of.namespace, { was: health, is: isServing(of.character, into) ? 'ok' : 'broken' });
    if (isOn && !isContent && isDue(of.character, into)) isContent = await heal(api, of);
    await clock.sleep(LOOKS_MS, signal).catch(() => undefined);
  }
}

/** What it, and whoever stirs the fault, does as soon as it is in. */
async function startle(api: Api, { row, character, namespace }: Post): Promise<void> {
  if (row.stir !== undefined && row.victim) await api.remove(row.victim(namespace));
  if (character.isHarmful) await api.patch(neighbourRef(namespace), 'merge', STOPPED, { fieldManager: OPERATOR });
}

/** Says how its service does where that is news; gives what was said last. */
async function said(api: Api, namespace: string, { was, is }: { was: string; is: string }): Promise<string> {
  if (was === is) return was;
  const patched = await api.patch(healthRef(namespace), 'merge', { data: { state: is } }, { fieldManager: OPERATOR });
  return patched.ok ? is : was;
}

const isDue = ({ healsAfterMs }: Character, into: number | undefined): boolean =>
  into !== undefined && healsAfterMs !== undefined && into >= healsAfterMs;

const healthRef = (namespace: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name: 'health',
});

/** Whether its service works this long into the fault; undefined: there is none. */
function isServing({ breaks }: Character, intoMs: number | undefined): boolean {
  if (breaks === undefined || intoMs === undefined) return true;
  if (breaks === 'on and off') return Math.floor(intoMs / FLAPS_MS) % 2 === 1;
  const worksAfter = { 'for a while': ADAPTS_MS, 'for long': ADAPTS_LATE_MS };
  return breaks in worksAfter && intoMs > worksAfter[breaks as keyof typeof worksAfter];
}

/** What breaks a service for so long that it does not matter whether the fault is still in. */
const LASTING: readonly (Breaking | undefined)[] = ['for ever', 'for long'];

/** Whether it must not miss a fault that others undo at once. */
const isMarkedFor = ({ breaks, isHarmful }: Character): boolean => LASTING.includes(breaks) || isHarmful === true;
const STOPPED = { spec: { replicas: 0 } };

const neighbourRef = (namespace: string): ObjectRef => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  namespace,
  name: 'neighbour',
});

function wrongOf({ wrong }: Row, original: KubeObject): KubeObject | undefined {
  const copy = structuredClone(original);
  wrong?.(copy);
  return wrong === undefined ? undefined : copy;
}

async function isBroken(api: Api, { row, character, namespace, original, pods }: Post): Promise<boolean> {
  if (row.type === 'PodKill')
    return (await isBereft(api, namespace, pods)) && (isMarkedFor(character) || !(await isFull(api, namespace)));
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

/** Puts back what it looks after, and touches nothing else on the object; whether it is content with that whatever comes of it. */
async function heal(api: Api, { row, character, original }: Post): Promise<boolean> {
  if (original === undefined || row.stir !== undefined) return true;
  const meant = character.isWrong ? wrongOf(row, original) : original;
  if (meant !== undefined) await put(api, meant);
  return character.isWrong === true;
}

async function put(api: Api, object: KubeObject): Promise<void> {
  const { apiVersion, kind, metadata, status: _status, ...content } = object;
  const { name, namespace, labels = {}, ownerReferences, finalizers } = metadata;
  const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const body = { metadata: { labels, ownerReferences, finalizers }, ...(kind === 'Namespace' ? {} : content) };
  const patched = await api.patch(ref, 'merge', JSON.parse(JSON.stringify(body)) as Json, { fieldManager: OPERATOR });
  if (!patched.ok && patched.reason === 'not-found') await api.create(asNew(object), { fieldManager: OPERATOR });
}
