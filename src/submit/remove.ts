import type { Clock } from '../host/clock.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import type { Api, Collection } from '../kube/client/api.ts';
import { sanitise } from '../text/sanitise.ts';
import { hasEnded } from './follow.ts';
import { SUBMISSION } from './names.ts';
import type { SubmissionState } from './state.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
/** The kinds of objects that give rights to a submission's pods, the bindings first. */
const RIGHTS: readonly Collection[] = [
  { apiVersion: RBAC, kind: 'ClusterRoleBinding' },
  { apiVersion: RBAC, kind: 'RoleBinding' },
  { apiVersion: RBAC, kind: 'ClusterRole' },
  { apiVersion: RBAC, kind: 'Role' },
  { apiVersion: 'v1', kind: 'ServiceAccount' },
];
const REST: readonly Collection[] = [
  { apiVersion: 'batch/v1', kind: 'CronJob' },
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
];

/** Which objects of a submission are deleted and which are not, a line each. */
export interface Removal {
  removed: string[];
  /** Objects that still exist or may exist, with the reason. */
  left: string[];
}

/** How long to wait for the server's garbage collector. */
const SETTLE_MS = 20_000;
const LOOK_MS = 500;

/** Deletes the rights of a submission whose pods have ended; its results stay. Objects are found by label, in any namespace. */
export const removeRights = (api: Api, id: string, clock: Clock): Promise<Removal> => remove(api, id, RIGHTS, clock);

/** Deletes every object of a submission. */
export const removeAll = (api: Api, id: string, clock: Clock): Promise<Removal> =>
  remove(api, id, [...RIGHTS, ...REST], clock);

async function remove(api: Api, id: string, kinds: readonly Collection[], clock: Clock): Promise<Removal> {
  const look = () => find(api, `${SUBMISSION}=${id}`, kinds);
  const first = await look();
  const refused = new Map<string, string>();
  for (const object of first.objects) {
    const gone = await api.remove(refOf(object), { propagationPolicy: 'Background' });
    if (!gone.ok && gone.reason !== 'not-found') refused.set(nameOf(refOf(object)), gone.message);
  }
  // What is reported as deleted is read after the last deletion.
  let now = await look();
  for (const began = clock.monotonic(); now.objects.length > refused.size; now = await look()) {
    if (clock.monotonic() - began > SETTLE_MS) break;
    await clock.sleep(LOOK_MS);
  }
  const there = new Set(now.objects.map(object => nameOf(refOf(object))));
  return {
    removed: first.objects.map(object => nameOf(refOf(object))).filter(name => !there.has(name)),
    left: [
      ...[...there].map(name => `${sanitise(name, 200)}: ${refused.get(name) ?? 'still there'}`),
      ...now.blind.map(blind => `BLIND to ${blind}`),
    ],
  };
}

async function find(
  api: Api,
  labelSelector: string,
  kinds: readonly Collection[],
): Promise<{ objects: KubeObject[]; blind: string[] }> {
  const pages = await Promise.all(kinds.map(kind => api.listAll(kind, { labelSelector })));
  return {
    objects: pages.flatMap((page, index) =>
      page.ok ? page.value.items.map(item => ({ ...item, ...(kinds[index] as Collection) }) as KubeObject) : [],
    ),
    blind: pages.flatMap((page, index) => (page.ok ? [] : [`${kinds[index]?.kind}s: ${page.message}`])),
  };
}

/**
 * How many objects with rights are left of submissions that have ended, by id, and which kinds could not be read. `states` are the
 * submissions that were read; `isWhole` says that these are all, so that any other submission has no Job any more.
 */
export async function leftRights(
  api: Api,
  states: readonly SubmissionState[],
  isWhole: boolean,
): Promise<{ left: Map<string, number>; blind: string[] }> {
  const ended = new Map(states.map(state => [state.id, hasEnded(state)]));
  const { objects, blind } = await find(api, SUBMISSION, RIGHTS);
  const left = new Map<string, number>();
  for (const { metadata } of objects) {
    const id = metadata.labels?.[SUBMISSION] ?? '';
    if (ended.get(id) ?? isWhole) left.set(id, (left.get(id) ?? 0) + 1);
  }
  return { left, blind };
}
