import type { Controller, ControllerManager } from '../controllers/controller-manager.ts';
import { keyOf } from '../controllers/controller-manager.ts';
import type { Container, Obj, Pod } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import type { Behaviour } from '../kubelet/behaviour.ts';
import { microTimestamp } from '../object.ts';
import { argoController, type Repository } from './argocd.ts';
import { LEASE_SECONDS } from './election.ts';
import { inferenceController } from './inference.ts';
import { instanceOf, type OperatorInstance } from './instance.ts';
import { leadership } from './leadership.ts';
import type { FatalConfiguration, Operator } from './operator.ts';
import { repairs } from './repair.ts';

const LEASE = 'leases.coordination.k8s.io';
/** How long a process runs with a configuration that it cannot use, milliseconds. */
const CRASH_MS = 1500;

/** The running operators. The kubelet needs `externalBehaviour` before `start` is called. */
export interface OperatorRuntime {
  /** For the kubelet: whether an operator's container is about to crash. */
  externalBehaviour(pod: Pod, container: Container): Behaviour;
  /** Starts the operators; call it once their objects are stored. */
  start(manager: ControllerManager, repository: Repository): void;
}

/** One instance of a container: the pod and how often it was restarted. */
const instance = (pod: Pod): string => `${pod.metadata.uid}#${pod.status?.containerStatuses?.[0]?.restartCount ?? 0}`;

/** Prepares what operators do: elections, repairs and crashes. */
export function operatorRuntime(parts: Parts, operators: readonly Operator[]): OperatorRuntime {
  const { store } = parts;
  const instances: OperatorInstance[] = operators.map(o => instanceOf(parts, o));
  const gaveUp = new Set<string>();

  const operatorOf = (pod: Pod): Operator | undefined =>
    operators.find(
      o =>
        o.deployment.namespace === pod.metadata.namespace &&
        pod.metadata.name.startsWith(`${o.deployment.name}-`) &&
        pod.spec.serviceAccountName === o.serviceAccount &&
        isOurs(o, pod),
    );

  return {
    externalBehaviour(pod, container) {
      if (container.name !== pod.spec.containers[0]?.name) return {};
      if (gaveUp.has(instance(pod))) return { exit: { code: 1, afterMs: 0, reason: 'Error' } };
      const operator = operatorOf(pod);
      if (!operator || configurationProblems(parts, operator).length === 0) return {};
      return { exit: { code: 1, afterMs: CRASH_MS, reason: 'Error' } };
    },
    start(manager, repository) {
      createLeases(parts, instances);
      const giveUp = (pod: Pod) => {
        gaveUp.add(instance(pod));
        manager.enqueue('kubelet', keyOf(pod));
      };
      manager.add(leadership(parts, instances, giveUp));
      manager.add(repairs(parts, instances));
      manager.add(configWatch(parts, instances, manager));
      manager.add(argoController(parts, repository));
      const kserve = instances.find(t => t.operator.name === 'kserve');
      if (kserve) manager.add(inferenceController(parts, kserve));
      // One Application after the other, not all at the same moment.
      store.list('applications.argoproj.io').forEach((app, i) => {
        manager.enqueue('argocd-applications', keyOf(app), 20_000 * (i + 1));
      });
      for (const [i, instance] of instances.entries())
        manager.enqueue('leadership', `operator/${instance.operator.name}`, 100 * i);
    },
  };
}

/** Reconciles an operator's pods when a configuration that it depends on changes. */
function configWatch(parts: Parts, instances: readonly OperatorInstance[], manager: ControllerManager): Controller {
  return {
    name: 'operator-configuration',
    watches: {
      configmaps: ({ object }) =>
        instances
          .filter(t => t.operator.behaviour.crashesOn.some(w => concerns(w, object as Obj)))
          .map(t => `operator/${t.operator.name}`),
    },
    reconcile(key) {
      const instance = instances.find(t => `operator/${t.operator.name}` === key);
      for (const pod of instance?.pods() ?? []) {
        for (const text of configurationProblems(parts, instance?.operator as Operator))
          instance?.log(pod, text, 'ERROR');
        manager.enqueue('kubelet', keyOf(pod));
      }
      return undefined;
    },
  };
}

/** Creates the Leases of operators that have led since before the sandbox was started. */
function createLeases({ store, clock }: Parts, instances: readonly OperatorInstance[]): void {
  for (const instance of instances) {
    const place = instance.operator.lease;
    const pod = instance.pods()[0];
    if (!place || !pod || store.get(LEASE, place.namespace, place.name)) continue;
    const acquired = Date.parse(pod.status?.startTime ?? '') + 3000;
    const spec = {
      holderIdentity: instance.identity(pod),
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: microTimestamp(acquired),
      renewTime: microTimestamp(clock.now()),
      leaseTransitions: 1,
    };
    store.create(LEASE, { metadata: { ...place }, spec }, { by: { manager: instance.manager }, at: acquired });
    instance.log(pod, 'starting manager', 'INFO', acquired - 2000);
    instance.log(pod, `successfully acquired lease ${place.namespace}/${place.name}`, 'INFO', acquired);
    instance.log(pod, 'Starting workers', 'INFO', acquired + 500);
  }
}

const configurationProblems = ({ store }: Parts, o: Operator): string[] =>
  o.behaviour.crashesOn.flatMap(w => {
    const map = store.get<Obj & { data?: Record<string, string> }>('configmaps', w.namespace, w.configMap);
    return w.problemIn(map?.data?.[w.key]) ?? [];
  });

const isOurs = (o: Operator, pod: Pod): boolean =>
  Object.entries(o.workloads.find(w => w.name === o.deployment.name)?.selector ?? {}).every(
    ([k, v]) => pod.metadata.labels?.[k] === v,
  );

const concerns = (w: FatalConfiguration, o: Obj) =>
  w.namespace === o.metadata.namespace && w.configMap === o.metadata.name;
