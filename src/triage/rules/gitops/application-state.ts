import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import { fields, list, text, time } from '../../../k8s/fields.ts';
import { type ReportedRefusal, refusalsOfApplication } from '../../facts/refusals.ts';

/** One object that an application manages. */
export interface ManagedObject {
  group: string;
  version: string;
  kind: string;
  namespace: string;
  name: string;
  sync: string;
  health: string;
}

/** The state of an application. */
export interface AppState {
  app: ViewObject;
  sync: string;
  health: string;
  phase: string;
  automated: boolean;
  resources: readonly ManagedObject[];
  /** The refusals of the API server that the application reports. */
  refusals: readonly ReportedRefusal[];
  /** Conditions that are errors, with their messages. */
  errors: readonly { type: string; message: string; at: number | undefined }[];
  /** Conditions that warn of an object that two applications manage. */
  shared: readonly string[];
  /** The message of the last operation, if it failed. */
  failure: string;
  since: number | undefined;
}

/** Reads an application. */
export function stateOf(app: ViewObject): AppState {
  const { spec, status } = app;
  const operation = fields(status.operationState);
  const phase = text(operation.phase);
  const isFailed = phase === 'Failed' || phase === 'Error';
  const errors = list(status.conditions)
    .filter(one => text(one.type).endsWith('Error'))
    .map(one => ({ type: text(one.type), message: text(one.message), at: time(one.lastTransitionTime) }));
  const home = text(fields(spec.destination).namespace);
  const sync = text(fields(status.sync).status);
  const health = text(fields(status.health).status);
  // An application that is synced and healthy has recovered from its failed operation.
  const isPast = sync === 'Synced' && health === 'Healthy' && errors.length === 0;
  return {
    app,
    sync,
    health,
    phase,
    automated: fields(spec.syncPolicy).automated !== undefined,
    resources: list(status.resources)
      .filter(one => one.requiresPruning !== true && one.hook !== true)
      .map(one => ({
        group: text(one.group),
        version: text(one.version),
        kind: text(one.kind),
        namespace: text(one.namespace) || home,
        name: text(one.name),
        sync: text(one.status),
        health: text(fields(one.health).status),
      })),
    refusals: [...refusalsOfApplication(app)],
    errors,
    shared: list(status.conditions)
      .filter(one => ['SharedResourceWarning', 'RepeatedResourceWarning'].includes(text(one.type)))
      .map(one => text(one.message)),
    failure: isFailed && !isPast ? text(operation.message) : '',
    since:
      errors[0]?.at ??
      (isFailed ? time(operation.finishedAt) : undefined) ??
      time(fields(status.health).lastTransitionTime),
  };
}

/** Objects that an application lists and that do not exist according to the view. */
export function missingOf(view: ClusterView, { resources }: AppState): ManagedObject[] {
  return resources.filter(one => one.health === 'Missing' || isGone(view, one));
}

function isGone(view: ClusterView, { group, kind, namespace, name }: ManagedObject): boolean {
  const known = VIEW_KINDS[kind as ViewKind] as string | undefined;
  if (known === undefined || kind === 'Event' || (known.includes('/') ? known.split('/')[0] : '') !== group)
    return false;
  if (view.sync(kind as ViewKind).state !== 'live') return false;
  return (
    view.get(kind as ViewKind, namespace, name) === undefined &&
    view.get(kind as ViewKind, undefined, name) === undefined
  );
}

/** An object as text for an evidence line. */
export const managedObjectText = ({ kind, namespace, name, sync, health }: ManagedObject): string =>
  `status.resources ${kind} ${namespace ? `${namespace}/` : ''}${name}: ${[sync, health].filter(one => one !== '').join(', ')}`;
