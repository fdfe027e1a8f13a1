import { type Controller, ownKey, placeOfKey } from '../controllers/controller-manager.ts';
import type { Deployment } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { type KubeObject, type NewObject, timestamp } from '../object.ts';
import { covers, healthOf, liveOf, sync } from './argocd-sync.ts';

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
/** How often Argo CD compares an Application, and one whose sync is in progress, milliseconds. */
const PERIOD_MS = 180_000;
const PROGRESS_MS = 5000;
const UNREACHABLE =
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.77.20:8081: connect: connection refused"';
const WORST = ['Degraded', 'Missing', 'Progressing', 'Healthy'];
const worst = (states: readonly string[]): string => WORST.find(s => states.includes(s)) ?? 'Healthy';

/** Argo CD's application controller: compares an Application with Git and syncs it, when asked to refresh. */
export function argoController(parts: Parts, repository: Repository): Controller {
  const { store } = parts;
  /** Applications that were synced and are not healthy yet. */
  const inProgress = new Set<string>();
  const repoServerReady = () =>
    (store.get<Deployment>('deployments.apps', 'argocd', 'argocd-repo-server')?.status?.availableReplicas ?? 0) > 0;
  return {
    name: 'argocd-applications',
    batchMs: 500,
    watches: { [APPLICATIONS]: event => (event.object.metadata.annotations?.[REFRESH] ? ownKey(event) : []) },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const app = store.get<Application>(APPLICATIONS, namespace, name);
      if (!app || app.metadata.deletionTimestamp) return undefined;
      const isRefreshRequested = app.metadata.annotations?.[REFRESH] !== undefined || inProgress.has(name);
      const lost = app.status.sync.status === 'Unknown';
      if (!repoServerReady()) {
        if (isRefreshRequested) unknown(parts, app);
        return PERIOD_MS;
      }
      if (!isRefreshRequested && !lost) {
        report(parts, app, () => {});
        return PERIOD_MS;
      }
      const isSettled = await compare(parts, app, repository.get(name) ?? []);
      if (isSettled) inProgress.delete(name);
      else inProgress.add(name);
      return isSettled ? PERIOD_MS : PROGRESS_MS;
    },
  };
}

/** Writes the status of an Application and removes the annotation that asked for a refresh. */
const report = ({ store, clock }: Parts, app: Application, change: (status: Application['status']) => void) =>
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

/** The state of an Application is unknown while the server that renders its manifests is not ready. */
const unknown = (parts: Parts, app: Application) =>
  report(parts, app, status => {
    status.sync = { ...status.sync, status: 'Unknown' };
    const at = status.conditions?.find(c => c.type === 'ComparisonError')?.lastTransitionTime;
    const lastTransitionTime = at ?? timestamp(parts.clock.now());
    status.conditions = [{ type: 'ComparisonError', message: UNREACHABLE, lastTransitionTime }];
  });

function stateOf(parts: Parts, wanted: NewObject, refused: boolean): ManagedResource {
  const live = liveOf(parts, wanted);
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
}

/** Resources without a stored manifest: in sync as long as they exist. */
function unmanaged({ registry, store }: Parts, app: Application, objects: readonly NewObject[]): ManagedResource[] {
  const kept = new Set(objects.map(o => `${o.kind}/${o.metadata.name}`));
  return (app.status.resources ?? [])
    .filter(r => !kept.has(`${r.kind}/${r.name}`))
    .map(r => {
      const resource = registry.byKind(r.group, r.kind)?.key;
      const live = resource && store.get(resource, r.namespace, r.name);
      return { ...r, status: live ? 'Synced' : 'OutOfSync', health: { status: healthOf(live || undefined) } };
    });
}

/** Syncs an Application and reports its state. False if it was applied and is not healthy yet. */
async function compare(parts: Parts, app: Application, objects: readonly NewObject[]): Promise<boolean> {
  const failure = await sync(parts, objects);
  const resources = [...unmanaged(parts, app, objects), ...objects.map(o => stateOf(parts, o, failure?.refused === o))];
  const health = worst(resources.map(r => r.health?.status ?? ''));
  const at = timestamp(parts.clock.now());
  report(parts, app, status => {
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
  return failure !== undefined || health === 'Healthy';
}
