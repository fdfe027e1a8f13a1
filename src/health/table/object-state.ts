import { type Fields, fields, list, number, text } from '../../k8s/fields.ts';
import { counted } from '../../text/counted.ts';
import type { State } from '../../text/glyphs.ts';
import type { ViewObject } from '../view/cluster-view.ts';

/** Whether an object is healthy by its own status, and its state in words. Triage explains why it is not. */
export interface StateText {
  state: State;
  words: string;
}

const withState = (state: State, ...words: (string | false)[]): StateText => ({
  state,
  words: words.filter(Boolean).join('  '),
});
const condition = ({ status }: ViewObject, type: string): Fields | undefined =>
  list(status.conditions).find(one => one.type === type);

/**
 * The state of an object of any kind. A kind without its own function is judged by its Ready or Available condition,
 * otherwise by its phase.
 */
export function stateText(object: ViewObject): StateText {
  return (STATE_TEXT[object.kind] ?? generic)(object);
}

function generic(object: ViewObject): StateText {
  const ready = condition(object, 'Ready') ?? condition(object, 'Available') ?? condition(object, 'Healthy');
  if (ready !== undefined)
    return withState(
      ready.status === 'True' ? 'ok' : 'warn',
      `${text(ready.type)} ${text(ready.status)}`,
      text(ready.reason),
    );
  return withState('ok', text(object.status.phase ?? object.status.state));
}

/** As in kubectl's STATUS column: what keeps the pod from running, otherwise its phase. */
function podText({ spec, status }: ViewObject): StateText {
  const statuses = list(status.containerStatuses);
  const ready = statuses.filter(one => one.ready === true).length;
  const wanted = Math.max(statuses.length, list(spec.containers).length);
  const restarts = statuses.reduce((sum, one) => sum + number(one.restartCount), 0);
  const stuck = [...list(status.initContainerStatuses), ...statuses]
    .map(one => text(fields(fields(one.state).waiting).reason))
    .find(reason => reason !== '' && reason !== 'PodInitializing' && reason !== 'ContainerCreating');
  const phase = text(status.phase);
  const reason = stuck ?? (text(status.reason) || phase);
  const counts = `${ready}/${wanted}`;
  const again = restarts > 0 && `${restarts} restarts`;
  if (phase === 'Succeeded') return withState('ok', 'Completed');
  if (stuck !== undefined || phase === 'Failed') return withState('fail', counts, reason, again);
  return withState(phase === 'Running' && ready === wanted ? 'ok' : 'warn', counts, reason, again);
}

/** The state of workloads with replicas: ready and wanted numbers. */
const replicas =
  (wanted: (object: ViewObject) => number, have: (object: ViewObject) => number) =>
  (object: ViewObject): StateText => {
    const [want, ready] = [wanted(object), have(object)];
    const state = ready >= want ? 'ok' : ready === 0 ? 'fail' : 'warn';
    return withState(
      state,
      `${ready}/${want} ready`,
      object.spec.paused === true && 'paused',
      want === 0 && 'scaled to zero',
    );
  };

const byReplicas = replicas(
  ({ spec }) => number(spec.replicas, 1),
  ({ status }) => number(status.readyReplicas),
);

function nodeText(object: ViewObject): StateText {
  const ready = condition(object, 'Ready');
  const pressures = list(object.status.conditions)
    .filter(one => text(one.type).endsWith('Pressure') && one.status === 'True')
    .map(one => text(one.type));
  const isCordoned = object.spec.unschedulable === true;
  if (ready?.status !== 'True')
    return withState('fail', `NotReady ${text(ready?.reason)}`.trim(), isCordoned && 'cordoned');
  return withState(pressures.length > 0 || isCordoned ? 'warn' : 'ok', 'Ready', ...pressures, isCordoned && 'cordoned');
}

function jobText(object: ViewObject): StateText {
  const { status, spec } = object;
  if (condition(object, 'Failed')?.status === 'True')
    return withState('fail', 'Failed', text(condition(object, 'Failed')?.reason));
  const done = `${number(status.succeeded)}/${number(spec.completions, 1)} done`;
  return withState(
    'ok',
    done,
    number(status.active) > 0 && `${number(status.active)} active`,
    spec.suspend === true && 'suspended',
  );
}

function quotaText({ status }: ViewObject): StateText {
  const used = fields(status.used);
  const full = Object.entries(fields(status.hard)).filter(([key, most]) => text(used[key]) === text(most));
  const all = Object.keys(fields(status.hard)).length;
  return full.length > 0
    ? withState('warn', `full: ${full.map(([key]) => key).join(', ')}`)
    : withState('ok', `${all} limits`);
}

function serviceText({ spec }: ViewObject): StateText {
  const ports = list(spec.ports).map(one => text(one.port));
  return withState('ok', text(spec.type) || 'ClusterIP', ports.length > 0 && `ports ${ports.join(', ')}`);
}

function sliceText(object: ViewObject): StateText {
  const endpoints = list(object.endpoints);
  const ready = endpoints.filter(one => fields(one.conditions).ready !== false).length;
  return withState(ready === 0 && endpoints.length > 0 ? 'warn' : 'ok', `${ready}/${endpoints.length} ready`);
}

function webhookText(object: ViewObject): StateText {
  const hooks = list(object.webhooks);
  const closed = hooks.filter(one => one.failurePolicy !== 'Ignore').length;
  return withState('ok', counted(hooks.length, 'webhook'), closed > 0 && `${closed} fail closed`);
}

function crdText(object: ViewObject): StateText {
  if (condition(object, 'Terminating')?.status === 'True') return withState('fail', 'Terminating');
  return condition(object, 'Established')?.status === 'True'
    ? withState('ok', 'Established')
    : withState('fail', 'not established');
}

function applicationText({ status }: ViewObject): StateText {
  const [sync, health] = [text(fields(status.sync).status), text(fields(status.health).status)];
  return withState(
    sync === 'Synced' && health === 'Healthy' ? 'ok' : 'warn',
    sync || 'no sync status',
    health || 'no health',
  );
}

const phase =
  (...good: string[]) =>
  ({ status }: ViewObject): StateText =>
    withState(good.includes(text(status.phase)) ? 'ok' : 'warn', text(status.phase));

const STATE_TEXT: Readonly<Record<string, (object: ViewObject) => StateText>> = {
  Pod: podText,
  Deployment: byReplicas,
  StatefulSet: byReplicas,
  ReplicaSet: byReplicas,
  DaemonSet: replicas(
    ({ status }) => number(status.desiredNumberScheduled),
    ({ status }) => number(status.numberReady),
  ),
  Node: nodeText,
  Namespace: phase('Active'),
  PersistentVolumeClaim: phase('Bound'),
  PersistentVolume: phase('Bound', 'Available'),
  Job: jobText,
  CronJob: ({ spec }) => withState('ok', text(spec.schedule), spec.suspend === true && 'suspended'),
  Service: serviceText,
  EndpointSlice: sliceText,
  ResourceQuota: quotaText,
  PodDisruptionBudget: ({ status }) =>
    withState(
      'ok',
      `${number(status.disruptionsAllowed)} may go`,
      `${number(status.currentHealthy)}/${number(status.desiredHealthy)} healthy`,
    ),
  HorizontalPodAutoscaler: object =>
    withState(
      condition(object, 'ScalingActive')?.status === 'False' ? 'warn' : 'ok',
      `${number(object.status.currentReplicas)} of ${number(object.spec.minReplicas, 1)} to ${number(object.spec.maxReplicas)}`,
    ),
  ValidatingWebhookConfiguration: webhookText,
  MutatingWebhookConfiguration: webhookText,
  CustomResourceDefinition: crdText,
  APIService: object => generic(object),
  Lease: ({ spec }) => withState('ok', text(spec.holderIdentity) || 'nobody holds it'),
  Application: applicationText,
};
