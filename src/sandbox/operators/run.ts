import type { Controller, Engine } from '../controllers/engine.ts';
import { keyOf } from '../controllers/engine.ts';
import type { Container, Obj, Pod } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import type { Behaviour } from '../kubelet/behaviour.ts';
import { microTimestamp } from '../object.ts';
import { argoController, type Repository } from './argocd.ts';
import { LEASE_SECONDS } from './election.ts';
import { inferenceController } from './inference.ts';
import { instanceOf, type OperatorInstance } from './instance.ts';
import { leadership } from './leadership.ts';
import type { Operator, Weakness } from './operator.ts';
import { repairs } from './repair.ts';

const LEASE = 'leases.coordination.k8s.io';
/** A process lives this long with a configuration it cannot use. */
const CRASH_MS = 1500;

/** Operators of which the kubelet must know, before it is started. */
export interface OperatorFates {
  /** For the kubelet: whether this container is about to end, and how. */
  misfortune(pod: Pod, container: Container): Behaviour;
  /** Sets the operators to work; call once their objects are stored. */
  start(engine: Engine, repository: Repository): void;
}

/** One instance of a container: the pod and how often it was restarted. */
const instance = (pod: Pod): string => `${pod.metadata.uid}#${pod.status?.containerStatuses?.[0]?.restartCount ?? 0}`;

/** Prepares the operators' lives: elections, repairs, and their ends. */
export function operatorFates(parts: Parts, operators: readonly Operator[]): OperatorFates {
  const { store, clock } = parts;
  const instances: OperatorInstance[] = operators.map(o => instanceOf(parts, o));
  const gaveUp = new Set<string>();

  const complaints = (o: Operator): string[] =>
    o.character.crashesOn.flatMap(w => {
      const map = store.get<Obj & { data?: Record<string, string> }>('configmaps', w.namespace, w.configMap);
      return w.complaint(map?.data?.[w.key]) ?? [];
    });

  const operatorOf = (pod: Pod): Operator | undefined =>
    operators.find(
      o =>
        o.deployment.namespace === pod.metadata.namespace &&
        pod.metadata.name.startsWith(`${o.deployment.name}-`) &&
        pod.spec.serviceAccountName === o.serviceAccount &&
        isOurs(o, pod),
    );
  const isOurs = (o: Operator, pod: Pod): boolean =>
    Object.entries(o.workloads.find(w => w.name === o.deployment.name)?.selector ?? {}).every(
      ([k, v]) => pod.metadata.labels?.[k] === v,
    );

  const concerns = (w: Weakness, o: Obj) => w.namespace === o.metadata.namespace && w.configMap === o.metadata.name;

  /** Looks at an operator's pods again when a configuration it depends on changes. */
  const configWatch = (engine: Engine): Controller => ({
    name: 'operator-configuration',
    watches: {
      configmaps: ({ object }) =>
        instances
          .filter(t => t.operator.character.crashesOn.some(w => concerns(w, object as Obj)))
          .map(t => `operator/${t.operator.name}`),
    },
    reconcile(key) {
      const instance = instances.find(t => `operator/${t.operator.name}` === key);
      for (const pod of instance?.pods() ?? []) {
        for (const text of complaints(instance?.operator as Operator)) instance?.log(pod, text, 'ERROR');
        engine.enqueue('kubelet', keyOf(pod));
      }
      return undefined;
    },
  });

  const firstLeases = () => {
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
  };

  return {
    misfortune(pod, container) {
      if (container.name !== pod.spec.containers[0]?.name) return {};
      if (gaveUp.has(instance(pod))) return { exit: { code: 1, afterMs: 0, reason: 'Error' } };
      const operator = operatorOf(pod);
      if (!operator || complaints(operator).length === 0) return {};
      return { exit: { code: 1, afterMs: CRASH_MS, reason: 'Error' } };
    },
    start(engine, repository) {
      firstLeases();
      const giveUp = (pod: Pod) => {
        gaveUp.add(instance(pod));
        engine.enqueue('kubelet', keyOf(pod));
      };
      engine.add(leadership(parts, instances, giveUp));
      engine.add(repairs(parts, instances));
      engine.add(configWatch(engine));
      engine.add(argoController(parts, repository));
      const kserve = instances.find(t => t.operator.name === 'kserve');
      if (kserve) engine.add(inferenceController(parts, kserve));
      // One Application after the other, not all at the same moment.
      store.list('applications.argoproj.io').forEach((app, i) => {
        engine.enqueue('argocd-applications', keyOf(app), 20_000 * (i + 1));
      });
      for (const [i, instance] of instances.entries())
        engine.enqueue('leadership', `operator/${instance.operator.name}`, 100 * i);
    },
  };
}
