/** The status of pods that no simulated kubelet plays, written as a kubelet writes it. */
import type { PodFate } from './incident.ts';
import type { Lab } from './lab.ts';

interface Container {
  name: string;
  image: string;
}

interface Pod {
  metadata: {
    name: string;
    uid: string;
    namespace: string;
    deletionTimestamp?: string;
    annotations?: Record<string, string>;
  };
  spec: { nodeName?: string; containers: Container[]; initContainers?: Container[] };
  status: { podIP?: string; conditions?: { type: string }[] };
}

const NOT_STARTED =
  /^(ContainerCreating|PodInitializing|ImagePullBackOff|ErrImagePull|CreateContainer\w*|InvalidImageName)$/;

export const stamp = (): string => new Date().toISOString().replace(/\.\d+/, '');

const condition = (type: string, isTrue: boolean, more: object = {}) => ({
  type,
  status: isTrue ? 'True' : 'False',
  lastTransitionTime: stamp(),
  ...more,
});

/** Writes what became of the pods that the selector matches and that are bound to a node; waits until there is one. */
export async function writePods(lab: Lab, fate: PodFate): Promise<void> {
  const { namespace, select } = fate;
  await lab.until(['get', 'pods', '-n', namespace, '-l', select, '-o', 'jsonpath={.items[*].spec.nodeName}'], /\S/);
  const list = await lab.kubectl(['get', 'pods', '-n', namespace, '-l', select, '-o', 'json']);
  const pods = (JSON.parse(list).items as Pod[]).filter(
    pod =>
      pod.spec.nodeName &&
      !pod.metadata.deletionTimestamp &&
      (pod.status.podIP || pod.metadata.annotations?.['mayday.test/kubelet'] === 'manual'),
  );
  if (pods.length === 0) throw new Error(`no pod of ${namespace} ${select} is for us to write`);
  for (const pod of pods) await writePod(lab, pod, fate);
}

async function writePod(lab: Lab, pod: Pod, fate: PodFate): Promise<void> {
  const status = JSON.stringify({ status: statusOf(pod, fate) });
  const { namespace, name } = pod.metadata;
  await lab.kubectl(['patch', 'pod', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', status]);
  const { event } = fate;
  if (event) await tell(lab, { kind: 'Pod', namespace, name }, event);
}

function statusOf(pod: Pod, fate: PodFate): object {
  const held = (c: Container, init: boolean) =>
    init === (fate.init === true) && (fate.container === undefined || c.name === fate.container);
  const initContainers = (pod.spec.initContainers ?? []).map(c =>
    held(c, true) ? spoilt(c, fate) : settled(c, { terminated: { exitCode: 0, reason: 'Completed', ...times() } }),
  );
  const blocked = fate.init === true;
  const containers = pod.spec.containers.map(c => {
    if (blocked) return settled(c, { waiting: { reason: 'PodInitializing' } });
    return held(c, false) ? spoilt(c, fate) : settled(c, { running: { startedAt: stamp() } });
  });
  const unready = containers.filter(c => !c.ready).map(c => c.name);
  const neverStarted = fate.waiting !== undefined && NOT_STARTED.test(fate.waiting.reason);
  const phase = fate.phase ?? (neverStarted || blocked ? 'Pending' : 'Running');
  const ready = unready.length === 0 && phase === 'Running';
  const why = ready
    ? {}
    : phase === 'Failed'
      ? { reason: 'PodFailed' }
      : phase === 'Succeeded'
        ? { reason: 'PodCompleted' }
        : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const creating = fate.waiting?.reason === 'ContainerCreating';
  const podIP = pod.status.podIP ?? `10.244.9.${(Number.parseInt(pod.metadata.uid.slice(0, 6), 16) % 240) + 5}`;
  const initialized = blocked
    ? {
        reason: 'ContainersNotInitialized',
        message: `containers with incomplete status: [${initContainers
          .filter(c => !c.ready)
          .map(c => c.name)
          .join(' ')}]`,
      }
    : {};
  return {
    phase,
    ...(fate.reason !== undefined && { reason: fate.reason }),
    ...(fate.message !== undefined && { message: fate.message }),
    startTime: stamp(),
    hostIP: '10.0.0.1',
    ...(!creating && { podIP, podIPs: [{ ip: podIP }] }),
    ...(initContainers.length > 0 && { initContainerStatuses: initContainers }),
    containerStatuses: containers,
    conditions: [
      condition('PodReadyToStartContainers', !creating),
      condition('Initialized', !blocked, initialized),
      condition('Ready', ready, why),
      condition('ContainersReady', ready, why),
      ...(pod.status.conditions ?? []).filter(({ type }) => type === 'PodScheduled'),
    ],
  };
}

const times = () => ({ startedAt: stamp(), finishedAt: stamp() });

function settled(container: Container, state: { running?: object; waiting?: object; terminated?: object }) {
  const { name, image } = container;
  const ready = state.running !== undefined || state.terminated !== undefined;
  return { name, image, imageID: '', restartCount: 0, ready, started: state.running !== undefined, state };
}

function spoilt(container: Container, fate: PodFate) {
  const terminated = (end: NonNullable<PodFate['last']>) => ({
    terminated: {
      reason: end.reason,
      exitCode: end.code,
      ...(end.message !== undefined && { message: end.message }),
      ...times(),
    },
  });
  const state = fate.waiting
    ? { waiting: fate.waiting }
    : fate.ended
      ? terminated(fate.ended)
      : { running: { startedAt: stamp() } };
  return {
    name: container.name,
    image: container.image,
    imageID: '',
    restartCount: fate.restarts ?? 0,
    ready: !fate.waiting && !fate.ended && fate.notReady !== true && !fate.starting,
    started: !fate.waiting && !fate.ended && !fate.starting,
    state,
    ...(fate.last && { lastState: terminated(fate.last) }),
  };
}

/** A warning event about an object. */
export async function tell(
  lab: Lab,
  about: { kind: string; namespace?: string | undefined; name: string },
  event: { reason: string; message: string; from?: string | undefined; type?: string | undefined },
): Promise<void> {
  const { kind, namespace, name } = about;
  const scope = namespace === undefined ? [] : ['-n', namespace];
  const object = JSON.parse(await lab.kubectl(['get', kind, name, ...scope, '-o', 'json']));
  const at = stamp();
  const made = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace: namespace ?? 'default' },
    type: event.type ?? 'Warning',
    reason: event.reason,
    message: event.message,
    count: 7,
    firstTimestamp: at,
    lastTimestamp: at,
    source: { component: event.from ?? 'kubelet', ...(object.spec?.nodeName && { host: object.spec.nodeName }) },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind,
      name,
      uid: object.metadata.uid,
      ...(namespace !== undefined && { namespace }),
    },
  };
  await lab.kubectl(['create', '-f', '-'], JSON.stringify(made));
}
