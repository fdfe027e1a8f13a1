import { type Controller, ownKey, placeOfKey } from '../controllers/engine.ts';
import type { Condition, Deployment } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { cloneJson, isRecord, type KubeObject, type NewObject, timestamp } from '../object.ts';
import { StatusError } from '../status.ts';

/** What Git holds for each Application: the objects its path renders to. */
export type Repository = Map<string, readonly NewObject[]>;

export interface ManagedResource {
  group: string;
  version: string;
  kind: string;
  namespace?: string;
  name: string;
  status: string;
  health?: { status: string };
  message?: string;
}

export interface Application extends KubeObject {
  status: {
    sync: { status: string; revision?: string };
    health: { status: string };
    reconciledAt?: string;
    conditions?: { type: string; message: string; lastTransitionTime: string }[];
    operationState?: Record<string, unknown>;
    resources?: ManagedResource[];
  };
}

const APPLICATIONS = 'applications.argoproj.io';
const REFRESH = 'argocd.argoproj.io/refresh';
const BY = { by: { manager: 'argocd-application-controller' } } as const;
const USER = 'system:serviceaccount:argocd:argocd-application-controller';
/** How often Argo CD compares an Application, and one whose sync is in progress, milliseconds. */
const PERIOD_MS = 180_000;
const PROGRESS_MS = 5000;
const UNREACHABLE =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.77.20:8081: connect: connection refused"';
/** Applied first. A refusal ends the sync, and these are refused most often. */
const FIRST_KINDS = ['Ingress', 'InferenceService'];

/** Whether `live` has everything that `wanted` states; other fields are ignored. */
export function covers(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(live) && live.length === wanted.length && wanted.every((w, i) => covers(live[i], w));
  if (isRecord(wanted)) return isRecord(live) && Object.entries(wanted).every(([k, w]) => covers(live[k], w));
  return live === wanted;
}

/** Health as Argo CD judges it, for the kinds the sandbox's Applications hold. */
export function healthOf(live: KubeObject | undefined): string {
  if (!live) return 'Missing';
  const conditions = (isRecord(live.status) ? live.status.conditions : undefined) as Condition[] | undefined;
  const is = (type: string) => conditions?.some(c => c.type === type && c.status === 'True') === true;
  if (live.kind === 'Deployment') return is('Available') ? 'Healthy' : 'Progressing';
  if (live.kind === 'InferenceService') return is('Ready') ? 'Healthy' : 'Progressing';
  return 'Healthy';
}

const WORST = ['Degraded', 'Missing', 'Progressing', 'Healthy'];
const worst = (states: readonly string[]): string => WORST.find(s => states.includes(s)) ?? 'Healthy';

/** Argo CD's application controller: compares an Application with Git and syncs it, when asked to refresh. */
export function argoController({ store, clock, registry, as }: Parts, repository: Repository): Controller {
  const client = as(USER, ['system:serviceaccounts', 'system:serviceaccounts:argocd', 'system:authenticated']);
  /** Applications that were applied and are not healthy yet. */
  const underway = new Set<string>();

  const repoServerReady = () =>
    (store.get<Deployment>('deployments.apps', 'argocd', 'argocd-repo-server')?.status?.availableReplicas ?? 0) > 0;

  const keyFor = (apiVersion: string, kind: string) => {
    const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
    return registry.byKind(group, kind)?.key;
  };
  const liveOf = (o: NewObject): KubeObject | undefined => {
    const resource = keyFor(o.apiVersion ?? 'v1', o.kind ?? '');
    return resource ? store.get(resource, o.metadata.namespace, o.metadata.name ?? '') : undefined;
  };

  const apply = async (wanted: NewObject): Promise<void> => {
    const resource = keyFor(wanted.apiVersion ?? 'v1', wanted.kind ?? '');
    if (!resource)
      throw new StatusError(404, 'NotFound', `no matches for kind "${wanted.kind}" in version "${wanted.apiVersion}"`);
    const live = liveOf(wanted);
    const options = { manager: 'argocd-controller' };
    if (!live) await client.create(resource, cloneJson(wanted), options);
    else if (!covers(live, wanted))
      await client.patch(resource, wanted.metadata.namespace, wanted.metadata.name ?? '', 'merge', wanted, options);
  };

  /** Applies all of it; the first refusal ends the sync, as Argo CD's dry run would. */
  const sync = async (objects: readonly NewObject[]): Promise<{ refused: NewObject; message: string } | undefined> => {
    const rank = (o: NewObject) => (FIRST_KINDS.includes(o.kind ?? '') ? 0 : 1);
    for (const wanted of [...objects].sort((a, b) => rank(a) - rank(b))) {
      try {
        await apply(wanted);
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        return { refused: wanted, message: error.message };
      }
    }
    return undefined;
  };

  const report = (app: Application, change: (status: Application['status']) => void) =>
    store.modify<Application>(
      APPLICATIONS,
      'argocd',
      app.metadata.name,
      draft => {
        if (draft.metadata.annotations) delete draft.metadata.annotations[REFRESH];
        draft.status = { ...draft.status, reconciledAt: timestamp(clock.now()) };
        change(draft.status);
      },
      BY,
    );

  const unknown = (app: Application) =>
    report(app, status => {
      status.sync = { ...status.sync, status: 'Unknown' };
      const at = status.conditions?.find(c => c.type === 'ComparisonError')?.lastTransitionTime;
      const lastTransitionTime = at ?? timestamp(clock.now());
      status.conditions = [{ type: 'ComparisonError', message: UNREACHABLE, lastTransitionTime }];
    });

  const stateOf = (wanted: NewObject, refused: boolean): ManagedResource => {
    const live = liveOf(wanted);
    const { apiVersion = 'v1', kind = '' } = wanted;
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const { name = '', namespace } = wanted.metadata;
    return {
      group: group ?? '',
      version: version ?? '',
      kind,
      ...(namespace && { namespace }),
      name,
      status: live && covers(live, wanted) ? 'Synced' : 'OutOfSync',
      health: { status: refused ? 'Degraded' : healthOf(live) },
    };
  };

  /** Resources without a stored manifest: in sync as long as they exist. */
  const unmanaged = (app: Application, objects: readonly NewObject[]): ManagedResource[] => {
    const kept = new Set(objects.map(o => `${o.kind}/${o.metadata.name}`));
    return (app.status.resources ?? [])
      .filter(r => !kept.has(`${r.kind}/${r.name}`))
      .map(r => {
        const resource = registry.byKind(r.group, r.kind)?.key;
        const live = resource && store.get(resource, r.namespace, r.name);
        return { ...r, status: live ? 'Synced' : 'OutOfSync', health: { status: healthOf(live || undefined) } };
      });
  };

  const compare = async (app: Application, objects: readonly NewObject[]): Promise<number> => {
    const failure = await sync(objects);
    const resources = [...unmanaged(app, objects), ...objects.map(o => stateOf(o, failure?.refused === o))];
    const health = worst(resources.map(r => r.health?.status ?? ''));
    const at = timestamp(clock.now());
    report(app, status => {
      status.sync = { ...status.sync, status: resources.every(r => r.status === 'Synced') ? 'Synced' : 'OutOfSync' };
      status.health = { status: health };
      status.resources = resources;
      status.operationState = failure
        ? {
            phase: 'Failed',
            message: `one or more objects failed to apply, reason: ${failure.message}`,
            finishedAt: at,
          }
        : { phase: 'Succeeded', message: 'successfully synced (all tasks run)', finishedAt: at };
      delete status.conditions;
      if (failure) status.conditions = [{ type: 'SyncError', message: failure.message, lastTransitionTime: at }];
    });
    if (!failure && health !== 'Healthy') underway.add(app.metadata.name);
    else underway.delete(app.metadata.name);
    return underway.has(app.metadata.name) ? PROGRESS_MS : PERIOD_MS;
  };

  return {
    name: 'argocd-applications',
    gatherMs: 500,
    watches: { [APPLICATIONS]: event => (event.object.metadata.annotations?.[REFRESH] ? ownKey(event) : []) },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const app = store.get<Application>(APPLICATIONS, namespace, name);
      if (!app || app.metadata.deletionTimestamp) return undefined;
      const asked = app.metadata.annotations?.[REFRESH] !== undefined || underway.has(name);
      const lost = app.status.sync.status === 'Unknown';
      const objects = repository.get(name) ?? [];
      if (!repoServerReady()) {
        if (asked) unknown(app);
        return PERIOD_MS;
      }
      if (asked || lost) return compare(app, objects);
      report(app, () => {});
      return PERIOD_MS;
    },
  };
}
