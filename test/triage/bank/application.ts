import type { ApplicationState } from './incident.ts';
import { stamp } from './kubelet.ts';
import type { Lab } from './lab.ts';

interface Resource {
  group: string;
  version: string;
  kind: string;
  name: string;
  namespace: string;
  status?: string | undefined;
  health?: { status: string };
}

/** Writes what an Argo CD controller says of an Application after a comparison, or a sync that failed five times. */
export async function writeApplication(lab: Lab, state: ApplicationState): Promise<void> {
  const app = JSON.parse(await lab.kubectl(['get', 'application', state.name, '-n', 'argocd', '-o', 'json']));
  const at = stamp();
  const status = app.status ?? {};
  const namespace = app.spec.destination.namespace;
  const resources: Resource[] = status.resources ?? [];
  if (state.sync) status.sync = { ...status.sync, status: state.sync };
  if (state.health) status.health = { status: state.health, lastTransitionTime: at };
  let failing: Resource | undefined;
  if (state.resource) {
    const [group = '', version = '', kind = '', name = ''] = state.resource.split('/');
    failing = resources.find(each => each.kind === kind && each.name === name);
    if (!failing) {
      failing = { group, version, kind, name, namespace };
      resources.push(failing);
    }
    failing.status = state.status ?? 'OutOfSync';
    failing.health = { status: state.resourceHealth ?? 'Missing' };
  }
  const conditions = status.conditions ?? [];
  if (state.failed !== undefined) {
    const reason = `one or more objects failed to apply, reason: ${state.failed} (retried 5 times).`;
    const revision = status.sync?.revision ?? '';
    const { status: _, health: __, ...of } = failing ?? { group: '', version: '', kind: '', name: '', namespace };
    status.operationState = {
      phase: 'Failed',
      startedAt: at,
      finishedAt: at,
      retryCount: 5,
      message: reason,
      operation: { initiatedBy: { automated: true }, retry: { limit: 5 }, sync: { revision } },
      syncResult: { revision, resources: [{ ...of, status: 'SyncFailed', syncPhase: 'Sync', message: state.failed }] },
    };
    const message = `Failed last sync attempt to [${revision}]: ${reason}`;
    conditions.push({ type: 'SyncError', lastTransitionTime: at, message });
  }
  if (state.condition) conditions.push({ ...state.condition, lastTransitionTime: at });
  app.status = { ...status, resources, conditions, reconciledAt: at };
  await lab.kubectl(['replace', '-f', '-'], JSON.stringify(app));
}
