import type { Pod } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { timestamp } from '../object.ts';
import { namespace, seedNode } from '../world/cluster.ts';
import type { Seeder } from '../world/seeder.ts';
import { putDeployment } from '../world/steady.ts';
import type { Scenario } from './scenario.ts';

const DEPLOYMENTS = 20;
const PER_DEPLOYMENT = 500;
const NAMESPACES = 4;
const TICK_MS = 100;

const spaceOf = (i: number): string => `load-${(i % NAMESPACES) + 1}`;

/** Changes the status of `perSecond` pods each second, one after the other, so that watchers have something to do. */
function churn({ store, clock }: Parts, perSecond: number): void {
  const names = Array.from({ length: NAMESPACES }, (_, i) => spaceOf(i)).flatMap(ns =>
    store.list('pods', ns).map(p => [ns, p.metadata.name] as const),
  );
  let next = 0;
  let owed = 0;
  const touch = ([ns, name]: readonly [string, string]) => {
    const lastTransitionTime = timestamp(clock.now());
    const change = (draft: Pod) => {
      const others = (draft.status?.conditions ?? []).filter(c => c.type !== 'sandbox.mayday/Churn');
      const flag = {
        type: 'sandbox.mayday/Churn',
        status: 'True' as const,
        lastTransitionTime,
        reason: `Change${next}`,
      };
      draft.status = { ...draft.status, conditions: [...others, flag] };
    };
    store.modify<Pod>('pods', ns, name, change);
  };
  clock.setInterval(() => {
    owed += (perSecond * TICK_MS) / 1000;
    for (; owed >= 1 && names.length > 0; owed--) {
      const place = names[next % names.length];
      next += 7;
      if (place) touch(place);
    }
  }, TICK_MS);
}

/** The seeder of a cluster with at least so many nodes. */
function withNodes(s: Seeder, count: number): Seeder {
  const added = Array.from({ length: Math.max(0, count - s.nodeNames.length) }, (_, i) => s.nodeNames.length + i);
  for (const index of added) seedNode(s, `node-${index + 1}`, index, '250');
  return { ...s, nodeNames: [...s.nodeNames, ...added.map(index => `node-${index + 1}`)] };
}

/** Ten thousand running pods, in 20 Deployments over four namespaces. */
export const tenThousandPods: Scenario = {
  name: 'ten-thousand-pods',
  summary:
    '10,000 running pods in 20 Deployments; `:churn=N` changes N of them each second, `:pods=N` makes N, `:nodes=N` gives N nodes',
  prepare(seeder, options) {
    const s = withNodes(seeder, Number(options.nodes ?? 0));
    const total = Number(options.pods ?? DEPLOYMENTS * PER_DEPLOYMENT);
    for (let i = 0; i < NAMESPACES; i++) s.put('namespaces', namespace(spaceOf(i)), { hoursAgo: 200 });
    for (let i = 0; i < DEPLOYMENTS; i++) {
      const name = `load-${String(i + 1).padStart(2, '0')}`;
      const replicas = Math.floor(total / DEPLOYMENTS) + (i < total % DEPLOYMENTS ? 1 : 0);
      putDeployment(
        s,
        {
          namespace: spaceOf(i),
          name,
          labels: { app: name },
          selector: { app: name },
          replicas,
          containers: [{ name: 'web', image: `example.com/${name}:1.0`, ports: [{ containerPort: 8080 }] }],
          hoursAgo: 12 + i * 9,
          manager: null,
        },
        i,
      );
    }
  },
  run(parts, options) {
    const perSecond = Number(options.churn ?? 0);
    if (perSecond > 0) churn(parts, perSecond);
  },
};
