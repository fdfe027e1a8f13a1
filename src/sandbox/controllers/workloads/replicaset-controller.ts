import { sameJson, timestamp } from '../../object.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Obj, ReplicaSet } from '../kinds.ts';
import { selects } from '../labels.ts';
import { type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { REPLICASETS } from '../recorder.ts';
import { podControl, podOwnerKeys, type Refusal } from './pod-control.ts';
import { availabilityIn, planReplicaSet, replicaSetStatus } from './replicaset.ts';

const SET = 'replicasets.apps';
/** Pods created in one pass, as the real controller bursts. */
const BURST = 500;
/** A refused creation is tried again after this long. */
const RETRY_MS = 2000;

/** The ReplicaSet controller: the number of pods, adoption, release, status. */
export function replicaSetController(parts: Parts): Controller {
  const { store, clock, owners } = parts;
  const pods = podControl(parts, 'replicaset-controller', REPLICASETS);

  const interested = (pod: Obj): string[] =>
    podOwnerKeys(pod, 'ReplicaSet', () =>
      store
        .list<ReplicaSet>(SET, pod.metadata.namespace)
        .filter(set => selects(set.spec.selector, pod.metadata.labels))
        .map(keyOf),
    );

  const createAll = async (set: ReplicaSet, count: number): Promise<Refusal | undefined> => {
    for (let i = 0; i < Math.min(count, BURST); i++) {
      const refusal = await pods.create(set, set.spec.template);
      if (refusal) return refusal;
    }
    return undefined;
  };

  const report = (set: ReplicaSet, refusal: Refusal | undefined): number | undefined => {
    const now = clock.now();
    const controlled = owners.controlledPods(set.metadata.uid);
    const { namespace, name } = set.metadata;
    const current = store.get<ReplicaSet>(SET, namespace, name);
    if (!current || current.metadata.uid !== set.metadata.uid) return undefined;
    const status = replicaSetStatus(current, controlled, refusal, now, timestamp(now));
    if (!sameJson(current.status, status)) {
      const change = (draft: ReplicaSet) => {
        draft.status = status;
      };
      store.modify<ReplicaSet>(SET, namespace, name, change, STATUS_BY_CONTROLLER);
    }
    return refusal ? RETRY_MS : availabilityIn(set, controlled, now);
  };

  return {
    name: 'replicaset',
    watches: {
      [SET]: ownKey,
      pods: event => [...interested(event.object as Obj), ...(event.previous ? interested(event.previous as Obj) : [])],
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const set = store.get<ReplicaSet>(SET, namespace, name);
      if (!set) return undefined;
      const known = [...owners.controlledPods(set.metadata.uid), ...owners.orphanPods(namespace ?? '')];
      const plan = planReplicaSet(set, known);
      for (const pod of plan.adopt) pods.adopt(set, pod);
      for (const pod of plan.release) pods.release(set, pod);
      for (const pod of plan.remove) pods.remove(set, pod);
      if (plan.create === 0) return report(set, undefined);
      return createAll(set, plan.create).then(refusal => report(set, refusal));
    },
  };
}
