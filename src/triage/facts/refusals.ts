import type { ClusterView, ViewObject } from '../../health/view/cluster-view.ts';
import { fields, list, number, text, time } from '../../k8s/fields.ts';
import { refusalIn } from './error-text.ts';
import { condition } from './fields.ts';
import type { Refusal } from './refusal.ts';

/** One refusal of the API server that an object of the cluster reports. */
export interface ReportedRefusal {
  refusal: Refusal;
  /** The message, and where it is: `status.conditions[ReplicaFailure]`. */
  message: string;
  where: string;
  about: ViewObject;
  /** The time of the message, if known. */
  at: number | undefined;
}

/**
 * All refusals that workloads and Argo CD applications currently report. Those from before an application's last successful
 * sync are left out.
 */
export function* reportedRefusals(view: ClusterView): Iterable<ReportedRefusal> {
  for (const app of view.all('Application')) yield* refusalsOfApplication(app);
  for (const workload of view.all('Deployment', 'ReplicaSet')) {
    const failure = condition(workload, 'ReplicaFailure');
    if (failure?.status !== 'True') continue;
    yield* parsedRefusal(workload, failure.message, 'status.conditions[ReplicaFailure]', failure.since);
  }
  for (const workload of view.all('StatefulSet', 'DaemonSet', 'Job'))
    if (wantsPods(workload)) yield* refusalsInEvents(view, workload);
}

/** The refusals in the events about an object, newest first. */
export function* refusalsInEvents(view: ClusterView, object: ViewObject): Iterable<ReportedRefusal> {
  const { metadata, kind } = object;
  const about = {
    kind,
    name: metadata.name,
    uid: metadata.uid,
    ...(metadata.namespace && { namespace: metadata.namespace }),
  };
  for (const event of view.eventsAbout(about))
    yield* parsedRefusal(object, event.message, `event ${event.reason}`, event.first.at);
}

/**
 * The refusals that an Argo CD application reports, unless its last operation succeeded and it has no error
 * condition.
 */
export function* refusalsOfApplication(app: ViewObject): Iterable<ReportedRefusal> {
  const operation = fields(app.status.operationState);
  const at = time(operation.finishedAt) ?? time(operation.startedAt);
  const errors = list(app.status.conditions).filter(one => text(one.type).endsWith('Error'));
  const isHealthy =
    text(fields(app.status.sync).status) === 'Synced' && text(fields(app.status.health).status) === 'Healthy';
  // A failed operation of a healthy application is outdated, unless a condition still reports it.
  const isPast = isHealthy && errors.length === 0;
  if (!isPast && ['Failed', 'Error', 'Running'].includes(text(operation.phase))) {
    for (const one of list(fields(operation.syncResult).resources))
      if (text(one.status) === 'SyncFailed')
        yield* parsedRefusal(
          app,
          text(one.message),
          `status.operationState.syncResult ${text(one.kind)}/${text(one.name)}`,
          at,
        );
    yield* parsedRefusal(app, text(operation.message), 'status.operationState.message', at);
  }
  for (const one of errors)
    yield* parsedRefusal(app, text(one.message), `status.conditions[${text(one.type)}]`, time(one.lastTransitionTime));
}

function* parsedRefusal(
  about: ViewObject,
  said: string,
  where: string,
  at: number | undefined,
): Iterable<ReportedRefusal> {
  const refusal = said === '' ? undefined : refusalIn(said);
  if (refusal !== undefined) yield { refusal, message: said, where, about, at };
}

/** Whether a workload has fewer pods than desired. Only then are its events about a current problem. */
function wantsPods({ kind, spec, status }: ViewObject): boolean {
  if (kind === 'DaemonSet') return number(status.currentNumberScheduled) < number(status.desiredNumberScheduled);
  if (kind === 'Job')
    return (
      number(status.active) === 0 && number(status.succeeded) < number(spec.completions, 1) && spec.suspend !== true
    );
  return number(status.replicas) < number(spec.replicas, 1);
}

/** Quotes the refusal as an evidence line. */
export const quotedRefusal = ({ about, where, message: said }: ReportedRefusal): string => {
  const { namespace, name } = about.metadata;
  return `${about.kind} ${namespace ? `${namespace}/` : ''}${name} ${where}: "${said}"`;
};
