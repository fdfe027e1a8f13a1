import type { Clock } from '../host/clock.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf, refOf } from '../k8s/object-ref.ts';
import type { Api, Collection } from '../kube/client/api.ts';
import { sanitise } from '../text/sanitise.ts';
import { SUBMISSION } from './names.ts';

const RBAC = 'rbac.authorization.k8s.io/v1';
/** The rights of a submission's pods, the bindings first. */
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

/** What of a submission is gone, and what is not, a line each. */
export interface Removal {
  removed: string[];
  /** Still there, or not known: with the reason. */
  left: string[];
}

/** The server's garbage collector works a moment behind. */
const SETTLE_MS = 20_000;
const LOOK_MS = 500;

/** Takes away the rights of a submission whose pods have ended; its results stay. Objects are found by label, wherever they are. */
export const removeRights = (api: Api, id: string, clock: Clock): Promise<Removal> => remove(api, id, RIGHTS, clock);

/** Takes away everything of a submission. */
export const removeAll = (api: Api, id: string, clock: Clock): Promise<Removal> =>
  remove(api, id, [...RIGHTS, ...REST], clock);

async function remove(api: Api, id: string, kinds: readonly Collection[], clock: Clock): Promise<Removal> {
  const first = await find(api, id, kinds);
  const refused = new Map<string, string>();
  for (const object of first.objects) {
    const gone = await api.remove(refOf(object), { propagationPolicy: 'Background' });
    if (!gone.ok && gone.reason !== 'not-found') refused.set(nameOf(refOf(object)), gone.message);
  }
  // Every claim rests on a look after the last deletion.
  let now = await find(api, id, kinds);
  for (const began = clock.monotonic(); now.objects.length > refused.size; now = await find(api, id, kinds)) {
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
  id: string,
  kinds: readonly Collection[],
): Promise<{ objects: KubeObject[]; blind: string[] }> {
  const labelSelector = `${SUBMISSION}=${id}`;
  const pages = await Promise.all(kinds.map(kind => api.listAll(kind, { labelSelector })));
  return {
    objects: pages.flatMap((page, index) =>
      page.ok ? page.value.items.map(item => ({ ...item, ...(kinds[index] as Collection) }) as KubeObject) : [],
    ),
    blind: pages.flatMap((page, index) => (page.ok ? [] : [`${kinds[index]?.kind}s: ${page.message}`])),
  };
}

/** Rights that are left of submissions whose work is over or gone, by id. */
export async function leftRights(api: Api, isOver: (id: string) => boolean): Promise<Map<string, number>> {
  const pages = await Promise.all(RIGHTS.map(kind => api.listAll(kind, { labelSelector: SUBMISSION })));
  const left = new Map<string, number>();
  for (const { metadata } of pages.flatMap(page => (page.ok ? page.value.items : []))) {
    const id = metadata.labels?.[SUBMISSION] ?? '';
    if (isOver(id)) left.set(id, (left.get(id) ?? 0) + 1);
  }
  return left;
}
