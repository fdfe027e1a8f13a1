import type { Controller } from '../controllers/controller-manager.ts';
import type { Obj, Pod } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { isTerminating } from '../controllers/pods.ts';
import { microTimestamp } from '../object.ts';
import { afterMove, GIVE_UP_MS, type LeaseSpec, nextMove } from './election.ts';
import type { OperatorInstance } from './instance.ts';

const LEASE = 'leases.coordination.k8s.io';
const TICK_MS = 2000;
const LOG_FORBIDDEN_EVERY_MS = 30_000;

interface Lease extends Obj {
  spec?: LeaseSpec;
}

/** Leader election of every operator: one tick each two seconds. Keys are `operator/<name>`. */
export function leadership(
  parts: Parts,
  instances: readonly OperatorInstance[],
  giveUp: (pod: Pod) => void,
): Controller {
  const { store, clock } = parts;
  /** When a leader last reached its Lease, by pod uid. */
  const reached = new Map<string, number>();
  const loggedAt = new Map<string, number>();

  const stepDownUnrenewed = (instance: OperatorInstance, lease: Lease | undefined, connected: readonly Pod[]) => {
    const now = clock.now();
    for (const pod of connected) reached.set(pod.metadata.uid, now);
    const holder = instance.pods().find(p => instance.identity(p) === lease?.spec?.holderIdentity && !isTerminating(p));
    if (!holder || connected.includes(holder)) return;
    const since = reached.get(holder.metadata.uid) ?? now;
    reached.set(holder.metadata.uid, since);
    if (now - since < GIVE_UP_MS) return;
    instance.log(holder, 'failed to renew lease: timed out waiting for the condition', 'ERROR');
    instance.log(holder, 'leader election lost', 'ERROR');
    reached.delete(holder.metadata.uid);
    giveUp(holder);
  };

  const logForbiddenList = (instance: OperatorInstance, leader: Pod | undefined) => {
    const { watches } = instance.operator;
    if (!leader || !watches || instance.client.can('list', watches)) return;
    const now = clock.now();
    if (now - (loggedAt.get(instance.operator.name) ?? 0) < LOG_FORBIDDEN_EVERY_MS) return;
    loggedAt.set(instance.operator.name, now);
    const { namespace } = instance.operator.deployment;
    const [resource, ...group] = watches.split('.');
    const user = `system:serviceaccount:${namespace}:${instance.operator.serviceAccount}`;
    instance.log(
      leader,
      `failed to list ${watches}: ${watches} is forbidden: User "${user}" cannot list resource "${resource}" in API group "${group.join('.')}" at the cluster scope`,
      'ERROR',
    );
  };

  const tick = (instance: OperatorInstance) => {
    const { lease: place } = instance.operator;
    if (!place) return;
    const found = store.get<Lease>(LEASE, place.namespace, place.name);
    const current = found && release(parts, instance, found);
    const connected = mayRenew(instance) ? instance.connected() : [];
    stepDownUnrenewed(instance, current, connected);
    const move = nextMove(current?.spec, connected.map(instance.identity), clock.now());
    if ('holder' in move) {
      const written = write(parts, instance, current, afterMove(current?.spec, move, microTimestamp(clock.now())));
      if (written && move.is === 'take') announce(parts, instance, written, move.holder, connected);
    }
    logForbiddenList(instance, instance.leader());
  };

  return {
    name: 'leadership',
    watches: {
      // A leader that is being stopped has little time to release its Lease.
      pods: ({ object, previous }) =>
        object.metadata.deletionTimestamp && !previous?.metadata.deletionTimestamp
          ? instances
              .filter(t => t.operator.deployment.namespace === object.metadata.namespace)
              .map(t => `operator/${t.operator.name}`)
          : [],
    },
    reconcile(key) {
      const instance = instances.find(t => `operator/${t.operator.name}` === key);
      if (!instance) return undefined;
      // A terminating namespace accepts no new Lease.
      const space = store.get('namespaces', undefined, instance.operator.deployment.namespace);
      if (space && !space.metadata.deletionTimestamp) tick(instance);
      return TICK_MS;
    },
  };
}

function mayRenew(instance: OperatorInstance) {
  const { lease } = instance.operator;
  return lease !== undefined && instance.client.can('update', LEASE, lease.namespace);
}

function write(
  { store }: Parts,
  instance: OperatorInstance,
  current: Lease | undefined,
  spec: LeaseSpec,
): Lease | undefined {
  const { namespace, name } = instance.operator.lease ?? { namespace: '', name: '' };
  const options = { by: { manager: instance.manager } };
  if (!current) return store.create<Lease>(LEASE, { metadata: { name, namespace }, spec }, options);
  const change = (draft: Lease) => {
    draft.spec = spec;
  };
  return store.modify<Lease>(LEASE, namespace, name, change, options);
}

function announce({ record }: Parts, instance: OperatorInstance, lease: Lease, holder: string, pods: readonly Pod[]) {
  const reporter = { component: holder, manager: instance.manager };
  record(reporter, { about: lease, type: 'Normal', reason: 'LeaderElection', message: `${holder} became leader` });
  const pod = pods.find(p => instance.identity(p) === holder);
  if (pod) instance.log(pod, `successfully acquired lease ${lease.metadata.namespace}/${lease.metadata.name}`);
}

/** Releases the Lease of a leader that ends cleanly, if the operator does that and its pod still reaches the API. */
function release(parts: Parts, instance: OperatorInstance, lease: Lease) {
  if (!instance.operator.behaviour.releasesLease || !lease.spec?.holderIdentity) return lease;
  const holder = instance.pods().find(p => instance.identity(p) === lease.spec?.holderIdentity);
  if (!holder || !isTerminating(holder)) return lease;
  return write(parts, instance, lease, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 }) ?? lease;
}
