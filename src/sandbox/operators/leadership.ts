import type { Controller } from '../controllers/engine.ts';
import type { Obj, Pod } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { isTerminating } from '../controllers/pods.ts';
import { microTimestamp } from '../object.ts';
import { afterMove, GIVE_UP_MS, type LeaseSpec, nextMove } from './election.ts';
import type { Team } from './instance.ts';

const LEASE = 'leases.coordination.k8s.io';
const TICK_MS = 2000;
const COMPLAIN_MS = 30_000;

interface Lease extends Obj {
  spec?: LeaseSpec;
}

/** Leader election of every operator: one tick each two seconds. Keys are `operator/<name>`. */
export function leadership(parts: Parts, teams: readonly Team[], giveUp: (pod: Pod) => void): Controller {
  const { store, clock, record } = parts;
  /** When a leader could last reach its Lease, by pod uid. */
  const reached = new Map<string, number>();
  const complained = new Map<string, number>();

  const mayRenew = (team: Team) => {
    const { lease } = team.operator;
    return lease !== undefined && team.client.can('update', LEASE, lease.namespace);
  };

  const write = (team: Team, current: Lease | undefined, spec: LeaseSpec): Lease | undefined => {
    const { namespace, name } = team.operator.lease ?? { namespace: '', name: '' };
    const options = { by: { manager: team.manager } };
    if (!current) return store.create<Lease>(LEASE, { metadata: { name, namespace }, spec }, options);
    const change = (draft: Lease) => {
      draft.spec = spec;
    };
    return store.modify<Lease>(LEASE, namespace, name, change, options);
  };

  const announce = (team: Team, lease: Lease, holder: string, pods: readonly Pod[]) => {
    const speaker = { component: holder, manager: team.manager };
    record(speaker, { about: lease, type: 'Normal', reason: 'LeaderElection', message: `${holder} became leader` });
    const pod = pods.find(p => team.identity(p) === holder);
    if (pod) team.log(pod, `successfully acquired lease ${lease.metadata.namespace}/${lease.metadata.name}`);
  };

  /** A leader that ends cleanly gives its Lease back, when that is its way and it still reaches the API. */
  const release = (team: Team, lease: Lease) => {
    if (!team.operator.character.releasesLease || !lease.spec?.holderIdentity) return lease;
    const holder = team.pods().find(p => team.identity(p) === lease.spec?.holderIdentity);
    if (!holder || !isTerminating(holder)) return lease;
    return write(team, lease, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 }) ?? lease;
  };

  const loseHeart = (team: Team, lease: Lease | undefined, connected: readonly Pod[]) => {
    const now = clock.now();
    for (const pod of connected) reached.set(pod.metadata.uid, now);
    const holder = team.pods().find(p => team.identity(p) === lease?.spec?.holderIdentity && !isTerminating(p));
    if (!holder || connected.includes(holder)) return;
    const since = reached.get(holder.metadata.uid) ?? now;
    reached.set(holder.metadata.uid, since);
    if (now - since < GIVE_UP_MS) return;
    team.log(holder, 'failed to renew lease: timed out waiting for the condition', 'ERROR');
    team.log(holder, 'leader election lost', 'ERROR');
    reached.delete(holder.metadata.uid);
    giveUp(holder);
  };

  const complain = (team: Team, leader: Pod | undefined) => {
    const { watches } = team.operator;
    if (!leader || !watches || team.client.can('list', watches)) return;
    const now = clock.now();
    if (now - (complained.get(team.operator.name) ?? 0) < COMPLAIN_MS) return;
    complained.set(team.operator.name, now);
    const { namespace } = team.operator.deployment;
    const [resource, ...group] = watches.split('.');
    const user = `system:serviceaccount:${namespace}:${team.operator.serviceAccount}`;
    team.log(
      leader,
      `failed to list ${watches}: ${watches} is forbidden: User "${user}" cannot list resource "${resource}" in API group "${group.join('.')}" at the cluster scope`,
      'ERROR',
    );
  };

  const tick = (team: Team) => {
    const { lease: place } = team.operator;
    if (!place) return;
    const found = store.get<Lease>(LEASE, place.namespace, place.name);
    const current = found && release(team, found);
    const connected = mayRenew(team) ? team.connected() : [];
    loseHeart(team, current, connected);
    const move = nextMove(current?.spec, connected.map(team.identity), clock.now());
    if ('holder' in move) {
      const written = write(team, current, afterMove(current?.spec, move, microTimestamp(clock.now())));
      if (written && move.move === 'take') announce(team, written, move.holder, connected);
    }
    complain(team, team.leader());
  };

  return {
    name: 'leadership',
    watches: {
      // A leader that is being stopped has little time to give its Lease back.
      pods: ({ object, previous }) =>
        object.metadata.deletionTimestamp && !previous?.metadata.deletionTimestamp
          ? teams
              .filter(t => t.operator.deployment.namespace === object.metadata.namespace)
              .map(t => `operator/${t.operator.name}`)
          : [],
    },
    reconcile(key) {
      const team = teams.find(t => `operator/${t.operator.name}` === key);
      if (!team) return undefined;
      // A namespace that is going away takes no Lease any more.
      const space = store.get('namespaces', undefined, team.operator.deployment.namespace);
      if (space && !space.metadata.deletionTimestamp) tick(team);
      return TICK_MS;
    },
  };
}
