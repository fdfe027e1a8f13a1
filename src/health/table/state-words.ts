import { type Fields, fields, list, number, text } from '../../k8s/fields.ts';
import type { State } from '../../text/glyphs.ts';
import type { ViewObject } from '../view/cluster-view.ts';

/** Whether an object is healthy by its own status, and its state in words. Triage explains why it is not. */
export interface StateWords {
  state: State;
  words: string;
}

const say = (state: State, ...words: (string | false)[]): StateWords => ({
  state,
  words: words.filter(Boolean).join('  '),
});
const condition = ({ status }: ViewObject, type: string): Fields | undefined =>
  list(status.conditions).find(one => one.type === type);

/**
 * The state of an object of any kind. A kind without its own function is judged by its Ready or Available condition,
 * otherwise by its phase.
 */
export function stateWords(object: ViewObject): StateWords {
  return (WORDS[object.kind] ?? generic)(object);
}

function generic(object: ViewObject): StateWords {
  const ready = condition(object, 'Ready') ?? condition(object, 'Available') ?? condition(object, 'Healthy');
  if (ready !== undefined)
    return say(
      ready.status === 'True' ? 'ok' : 'warn',
      `${text(ready.type)} ${text(ready.status)}`,
      text(ready.reason),
    );
  return say('ok', text(object.status.phase ?? object.status.state));
}

/** As in kubectl's STATUS column: what keeps the pod from running, otherwise its phase. */
function podWords({ spec, status }: ViewObject): StateWords {
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
  if (phase === 'Succeeded') return say('ok', 'Completed');
  if (stuck !== undefined || phase === 'Failed') return say('fail', counts, reason, again);
  return say(phase === 'Running' && ready === wanted ? 'ok' : 'warn', counts, reason, again);
}

/** The state of workloads with replicas: ready and wanted numbers. */
const replicas =
  (wanted: (object: ViewObject) => number, have: (object: ViewObject) => number) =>
  (object: ViewObject): StateWords => {
    const [want, ready] = [wanted(object), have(object)];
    const state = ready >= want ? 'ok' : ready === 0 ? 'fail' : 'warn';
    return say(
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

function nodeWords(object: ViewObject): StateWords {
  const ready = condition(object, 'Ready');
  const pressures = list(object.status.conditions)
    .filter(one => text(one.type).endsWith('Pressure') && one.status === 'True')
    .map(one => text(one.type));
  const isCordoned = object.spec.unschedulable === true;
  if (ready?.status !== 'True') return say('fail', `NotReady ${text(ready?.reason)}`.trim(), isCordoned && 'cordoned');
  return say(pressures.length > 0 || isCordoned ? 'warn' : 'ok', 'Ready', ...pressures, isCordoned && 'cordoned');
}

function jobWords(object: ViewObject): StateWords {
  const { status, spec } = object;
  if (condition(object, 'Failed')?.status === 'True')
    return say('fail', 'Failed', text(condition(object, 'Failed')?.reason));
  const done = `${number(status.succeeded)}/${number(spec.completions, 1)} done`;
  return say(
    'ok',
    done,
    number(status.active) > 0 && `${number(status.active)} active`,
    spec.suspend === true && 'suspended',
  );
}

function quotaWords({ status }: ViewObject): StateWords {
  const used = fields(status.used);
  const full = Object.entries(fields(status.hard)).filter(([key, most]) => text(used[key]) === text(most));
  const all = Object.keys(fields(status.hard)).length;
  return full.length > 0 ? say('warn', `full: ${full.map(([key]) => key).join(', ')}`) : say('ok', `${all} limits`);
}

function serviceWords({ spec }: ViewObject): StateWords {
  const ports = list(spec.ports).map(one => text(one.port));
  return say('ok', text(spec.type) || 'ClusterIP', ports.length > 0 && `ports ${ports.join(', ')}`);
}

function sliceWords(object: ViewObject): StateWords {
  const endpoints = list(object.endpoints);
  const ready = endpoints.filter(one => fields(one.conditions).ready !== false).length;
  return say(ready === 0 && endpoints.length > 0 ? 'warn' : 'ok', `${ready}/${endpoints.length} ready`);
}

function webhookWords(object: ViewObject): StateWords {
  const hooks = list(object.webhooks);
  const closed = hooks.filter(one => one.failurePolicy !== 'Ignore').length;
  return say('ok', `${hooks.length} webhooks`, closed > 0 && `${closed} fail closed`);
}

function crdWords(object: ViewObject): StateWords {
  if (condition(object, 'Terminating')?.status === 'True') return say('fail', 'Terminating');
  return condition(object, 'Established')?.status === 'True'
    ? say('ok', 'Established')
    : say('fail', 'not established');
}

function applicationWords({ status }: ViewObject): StateWords {
  const [sync, health] = [text(fields(status.sync).status), text(fields(status.health).status)];
  return say(
    sync === 'Synced' && health === 'Healthy' ? 'ok' : 'warn',
    sync || 'no sync status',
    health || 'no health',
  );
}

const phase =
  (...good: string[]) =>
  ({ status }: ViewObject): StateWords =>
    say(good.includes(text(status.phase)) ? 'ok' : 'warn', text(status.phase));

const WORDS: Readonly<Record<string, (object: ViewObject) => StateWords>> = {
  Pod: podWords,
  Deployment: byReplicas,
  StatefulSet: byReplicas,
  ReplicaSet: byReplicas,
  DaemonSet: replicas(
    ({ status }) => number(status.desiredNumberScheduled),
    ({ status }) => number(status.numberReady),
  ),
  Node: nodeWords,
  Namespace: phase('Active'),
  PersistentVolumeClaim: phase('Bound'),
  PersistentVolume: phase('Bound', 'Available'),
  Job: jobWords,
  CronJob: ({ spec }) => say('ok', text(spec.schedule), spec.suspend === true && 'suspended'),
  Service: serviceWords,
  EndpointSlice: sliceWords,
  ResourceQuota: quotaWords,
  PodDisruptionBudget: ({ status }) =>
    say(
      'ok',
      `${number(status.disruptionsAllowed)} may go`,
      `${number(status.currentHealthy)}/${number(status.desiredHealthy)} healthy`,
    ),
  HorizontalPodAutoscaler: object =>
    say(
      condition(object, 'ScalingActive')?.status === 'False' ? 'warn' : 'ok',
      `${number(object.status.currentReplicas)} of ${number(object.spec.minReplicas, 1)} to ${number(object.spec.maxReplicas)}`,
    ),
  ValidatingWebhookConfiguration: webhookWords,
  MutatingWebhookConfiguration: webhookWords,
  CustomResourceDefinition: crdWords,
  APIService: object => generic(object),
  Lease: ({ spec }) => say('ok', text(spec.holderIdentity) || 'nobody holds it'),
  Application: applicationWords,
};
