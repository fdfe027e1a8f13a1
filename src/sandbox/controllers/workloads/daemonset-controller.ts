import { sameJson } from '../../object.ts';
import { bindTo, boundTo } from '../cluster/affinity.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj, Pod, PodTemplate, Selector } from '../kinds.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { isAvailable, isFinished, isReady, isTerminating } from '../pods.ts';
import { podControl, podOwnerKeys } from './pod-control.ts';
import { templateHash } from './template-hash.ts';

interface DaemonSet extends Obj {
  spec: { selector: Selector; template: PodTemplate; minReadySeconds?: number; updateStrategy?: { type?: string } };
  status?: Record<string, unknown>;
}

const SETS = 'daemonsets.apps';
const REVISION = 'controller-revision-hash';
const REPORTER = { component: 'daemonset-controller', manager: 'kube-controller-manager' };
const RETRY_MS = 2000;

const GENERATION = 'pod-template-generation';

/** Tolerations that every DaemonSet pod gets. */
const TOLERATIONS = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
].map(([key, effect]) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect }));

const nodeOf = (pod: Pod): string => pod.spec.nodeName || (boundTo(pod)?.[0] ?? '');

const generationOf = (set: DaemonSet): string =>
  set.metadata.annotations?.['deprecated.daemonset.template.generation'] ?? '1';

/** One pod per node: nodes without one get one; an outdated pod is replaced when all others are ready. */
function planDaemonSet(
  set: DaemonSet,
  nodes: readonly string[],
  pods: readonly Pod[],
  hash: string,
): { createOn: string[]; remove: Pod[] } {
  const alive = pods.filter(p => !isTerminating(p));
  const covered = new Set(pods.filter(p => !isFinished(p)).map(nodeOf));
  const createOn = nodes.filter(n => !covered.has(n));
  const misplaced = alive.filter(p => !nodes.includes(nodeOf(p)) || isFinished(p));
  const rolling = set.spec.updateStrategy?.type !== 'OnDelete';
  const old = alive.filter(p => p.metadata.labels?.[REVISION] !== hash && !misplaced.includes(p));
  const othersReady = pods.every(p => (isReady(p) && !isTerminating(p)) || old.includes(p));
  const unready = old.filter(p => !isReady(p));
  const next = unready.length > 0 ? unready : createOn.length === 0 && othersReady ? old.slice(0, 1) : [];
  return { createOn, remove: rolling ? [...misplaced, ...next] : misplaced };
}

function statusOf(set: DaemonSet, nodes: readonly string[], pods: readonly Pod[], hash: string, nowMs: number) {
  const placed = pods.filter(p => !isTerminating(p) && nodes.includes(nodeOf(p)));
  const available = placed.filter(p => isAvailable(p, set.spec.minReadySeconds ?? 0, nowMs)).length;
  return {
    currentNumberScheduled: placed.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: nodes.length,
    numberReady: placed.filter(isReady).length,
    observedGeneration: set.metadata.generation ?? 1,
    updatedNumberScheduled: placed.filter(p => p.metadata.labels?.[REVISION] === hash).length,
    ...(available > 0 && { numberAvailable: available }),
    ...(nodes.length > available && { numberUnavailable: nodes.length - available }),
  };
}

/** The DaemonSet controller: one pod on every node that matches its node selector. */
export function daemonSetController(parts: Parts): Controller {
  const { store, clock, owners } = parts;
  const pods = podControl(parts, 'daemon-set-controller', REPORTER);

  const nodesFor = (set: DaemonSet): string[] => {
    const wanted = Object.entries(set.spec.template.spec.nodeSelector ?? {});
    return store
      .list('nodes')
      .filter(n => wanted.every(([k, v]) => n.metadata.labels?.[k] === v))
      .map(n => n.metadata.name);
  };
  const template = (set: DaemonSet, node: string, hash: string): PodTemplate => ({
    ...set.spec.template,
    metadata: {
      ...set.spec.template.metadata,
      labels: { ...set.spec.template.metadata?.labels, [REVISION]: hash, [GENERATION]: generationOf(set) },
    },
    spec: {
      ...set.spec.template.spec,
      affinity: bindTo(node),
      tolerations: [...((set.spec.template.spec.tolerations ?? []) as unknown[]), ...TOLERATIONS],
    },
  });

  return {
    name: 'daemonset',
    watches: {
      [SETS]: ownKey,
      pods: event => podOwnerKeys(event.object as Obj, 'DaemonSet', () => []),
      nodes: event => (event.type === 'MODIFIED' ? [] : store.list(SETS).map(keyOf)),
    },
    async reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const set = store.get<DaemonSet>(SETS, namespace, name);
      if (!set) return undefined;
      const hash = templateHash(set.spec.template);
      const nodes = nodesFor(set);
      const plan = isTerminating(set)
        ? { createOn: [], remove: [] }
        : planDaemonSet(set, nodes, owners.controlledPods(set.metadata.uid), hash);
      for (const pod of plan.remove) pods.remove(set, pod);
      let refused = false;
      for (const node of plan.createOn) refused ||= (await pods.create(set, template(set, node, hash))) !== undefined;
      const current = store.get<DaemonSet>(SETS, namespace, name);
      const status = current && statusOf(current, nodes, owners.controlledPods(set.metadata.uid), hash, clock.now());
      if (current && !sameJson(current.status, status)) {
        const change = (draft: DaemonSet) => {
          draft.status = status ?? {};
        };
        store.modify<DaemonSet>(SETS, namespace, name, change, STATUS_BY_CONTROLLER);
      }
      return refused ? RETRY_MS : undefined;
    },
  };
}
