import { timestamp } from '../../object.ts';
import { StatusError } from '../../status.ts';
import { withCondition } from '../conditions.ts';
import { type Controller, keyOf, ownKey, placeOfKey } from '../controller-manager.ts';
import type { Deployment, Obj, ReplicaSet } from '../kinds.ts';
import { selects } from '../labels.ts';
import { BY_CONTROLLER, CONTROLLER_GROUPS, controllerUser, type Parts, STATUS_BY_CONTROLLER } from '../parts.ts';
import { controllerOf, isFinished, isTerminating } from '../pods.ts';
import { DEPLOYMENTS } from '../recorder.ts';
import { currentSet, type DeploymentPlan, planDeployment } from './deployment.ts';
import { deploymentCondition } from './deployment-status.ts';
import { REVISION } from './revision.ts';

const DEPLOYMENT = 'deployments.apps';
const SET = 'replicasets.apps';

/** The Deployment controller: ReplicaSets, rollouts and conditions. */
export function deploymentController(parts: Parts): Controller {
  const { store, clock, record } = parts;
  const client = parts.as(controllerUser('deployment-controller'), CONTROLLER_GROUPS);

  const create = async (d: Deployment, plan: DeploymentPlan): Promise<void> => {
    if (!plan.create) return;
    const { uid: _uid, creationTimestamp: _at, ...metadata } = plan.create.metadata;
    try {
      await client.create(SET, { ...plan.create, metadata }, { manager: 'kube-controller-manager' });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      explainRefusal(parts, d, plan, error);
      throw error;
    }
  };

  const apply = async (d: Deployment, plan: DeploymentPlan) => {
    await create(d, plan);
    for (const note of plan.notes) record(DEPLOYMENTS, note);
    for (const set of plan.update) {
      const change = (draft: ReplicaSet) => {
        draft.metadata.annotations = set.metadata.annotations ?? {};
        Object.assign(draft.spec, { replicas: set.spec.replicas, minReadySeconds: set.spec.minReadySeconds });
        if (set.spec.minReadySeconds === undefined) delete draft.spec.minReadySeconds;
      };
      store.modify<ReplicaSet>(SET, set.metadata.namespace, set.metadata.name, change, BY_CONTROLLER);
    }
    for (const set of plan.remove) {
      store.delete(SET, set.metadata.namespace, set.metadata.name, { propagationPolicy: 'Background' });
    }
    write(parts, d, plan.status, plan.revision);
    return plan.checkInMs;
  };

  return {
    name: 'deployment',
    watches: {
      [DEPLOYMENT]: ownKey,
      [SET]: event => [
        ...ofSet(parts, event.object as Obj),
        ...(event.previous ? ofSet(parts, event.previous as Obj) : []),
      ],
      // Recreate waits for the last old pod to be gone.
      pods: event => (event.type === 'DELETED' ? ofPod(parts, event.object as Obj) : []),
    },
    reconcile(key) {
      const { namespace, name } = placeOfKey(key);
      const current = store.get<Deployment>(DEPLOYMENT, namespace, name);
      if (!current) return undefined;
      claim(parts, current);
      const sets = setsOf(parts, current);
      const now = clock.now();
      const facts = { sets, oldPodsRun: oldPodsRun(parts, current, sets), nowMs: now, at: timestamp(now) };
      return apply(current, planDeployment(current, facts));
    },
  };
}

function ofSet({ store }: Parts, set: Obj): string[] {
  const owner = controllerOf(set);
  if (owner?.kind === 'Deployment') return [`${set.metadata.namespace}/${owner.name}`];
  if (owner) return [];
  return store
    .list<Deployment>(DEPLOYMENT, set.metadata.namespace)
    .filter(d => selects(d.spec.selector, set.metadata.labels))
    .map(keyOf);
}

const setsOf = ({ store, owners }: Parts, d: Deployment): ReplicaSet[] =>
  owners
    .dependents(d.metadata.uid)
    .filter(p => p.resource === SET)
    .flatMap(p => store.get<ReplicaSet>(SET, p.namespace, p.name) ?? []);

/** Releases sets whose labels no longer match, and adopts matching ones without a controller. */
function claim(parts: Parts, d: Deployment) {
  const { store } = parts;
  for (const set of setsOf(parts, d)) {
    if (selects(d.spec.selector, set.metadata.labels)) continue;
    store.modify<ReplicaSet>(SET, set.metadata.namespace, set.metadata.name, draft => disown(draft, d), BY_CONTROLLER);
  }
  if (isTerminating(d)) return;
  for (const set of store.list<ReplicaSet>(SET, d.metadata.namespace)) {
    if (controllerOf(set) || isTerminating(set) || !selects(d.spec.selector, set.metadata.labels)) continue;
    store.modify<ReplicaSet>(SET, set.metadata.namespace, set.metadata.name, draft => adopt(draft, d), BY_CONTROLLER);
  }
}

function explainRefusal(parts: Parts, d: Deployment, plan: DeploymentPlan, error: StatusError) {
  const { clock, record } = parts;
  if (error.reason === 'AlreadyExists') {
    write(parts, d, { ...d.status, collisionCount: (d.status?.collisionCount ?? 0) + 1 }, undefined);
    return;
  }
  const message = `Failed to create new replica set "${plan.create?.metadata.name}": ${error.message}`;
  record(DEPLOYMENTS, { about: d, type: 'Warning', reason: 'ReplicaSetCreateError', message });
  const at = timestamp(clock.now());
  const condition = deploymentCondition('Progressing', 'False', 'ReplicaSetCreateError', message, at);
  write(parts, d, { ...d.status, conditions: withCondition(d.status?.conditions, condition) }, undefined);
}

function write({ store }: Parts, d: Deployment, status: Deployment['status'], revision: string | undefined) {
  const change = (draft: Deployment) => {
    if (draft.metadata.uid !== d.metadata.uid) return false;
    draft.status = status ?? {};
    if (revision) draft.metadata.annotations = { ...draft.metadata.annotations, [REVISION]: revision };
    return draft;
  };
  store.modify<Deployment>(DEPLOYMENT, d.metadata.namespace, d.metadata.name, change, STATUS_BY_CONTROLLER);
}

function disown(set: ReplicaSet, d: Deployment): void {
  const rest = (set.metadata.ownerReferences ?? []).filter(o => o.uid !== d.metadata.uid);
  if (rest.length > 0) set.metadata.ownerReferences = rest;
  else delete set.metadata.ownerReferences;
}

function adopt(set: ReplicaSet, d: Deployment): void {
  const { name, uid } = d.metadata;
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true, blockOwnerDeletion: true };
  set.metadata.ownerReferences = [...(set.metadata.ownerReferences ?? []), ref];
}

function ofPod({ store }: Parts, pod: Obj): string[] {
  const owner = controllerOf(pod);
  if (owner?.kind !== 'ReplicaSet') return [];
  const set = store.get<ReplicaSet>(SET, pod.metadata.namespace, owner.name);
  const parent = set && controllerOf(set);
  return parent ? [`${pod.metadata.namespace}/${parent.name}`] : [];
}

function oldPodsRun({ owners }: Parts, d: Deployment, sets: readonly ReplicaSet[]): boolean {
  if (d.spec.strategy?.type !== 'Recreate') return false;
  const fresh = currentSet(d, sets);
  const old = sets.filter(set => set !== fresh);
  return old.some(set => owners.controlledPods(set.metadata.uid).some(pod => !isFinished(pod)));
}
