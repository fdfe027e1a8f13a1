import { faultOf } from '../../src/faults/registry.ts';
import type { FaultType } from '../../src/faults/types.ts';
import { systemClock } from '../../src/host/clock.ts';
import { fetchLive } from '../../src/injection/live.ts';
import { isRefusal } from '../../src/injection/plan/refuse.ts';
import { execute } from '../../src/injection/write/executor.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { deployment } from '../support/deployments.ts';
import { testFacts } from '../support/facts.ts';
import { memoryJournal } from '../support/memory-journal.ts';

/** Where the faults are. */
export const NAMESPACE = 'shop';

/** A kind of fault, and what it needs to land on, by number. */
interface Kind {
  type: FaultType;
  parameters(name: string): Record<string, string>;
  victims(name: string): KubeObject[];
}

const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: NAMESPACE, labels: { app: name } },
  ...more,
});
const workload = (name: string) => [deployment(name, { replicas: 1 })];
const settings = (name: string) => [object('v1', 'ConfigMap', name, { data: { mode: 'live', other: 'kept' } })];
const rbac = 'rbac.authorization.k8s.io';

const KINDS: readonly Kind[] = [
  { type: 'ConfigDrift', victims: settings, parameters: name => ({ name, key: 'mode', value: 'chaos' }) },
  {
    type: 'ConfigDrift',
    victims: name => [object('v1', 'Secret', name, { data: { password: 'czNjcjN0' } })],
    parameters: name => ({ name, key: 'password', value: 'wrong', resourceType: 'Secret' }),
  },
  { type: 'DeploymentScaleZero', victims: workload, parameters: name => ({ name }) },
  { type: 'ImageCorrupt', victims: workload, parameters: name => ({ name }) },
  { type: 'CrashLoopInject', victims: workload, parameters: name => ({ name, containerName: 'main' }) },
  {
    type: 'LabelStomping',
    victims: settings,
    parameters: name => ({ apiVersion: 'v1', kind: 'ConfigMap', name, labelKey: 'app', action: 'overwrite' }),
  },
  {
    type: 'FinalizerBlock',
    victims: settings,
    parameters: name => ({ apiVersion: 'v1', kind: 'ConfigMap', name, finalizer: 'bench.example.com/block' }),
  },
  {
    type: 'RBACRevoke',
    victims: name => [
      object(`${rbac}/v1`, 'Role', name, { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
      object(`${rbac}/v1`, 'RoleBinding', name, {
        roleRef: { apiGroup: rbac, kind: 'Role', name },
        subjects: [{ kind: 'ServiceAccount', name, namespace: NAMESPACE }],
      }),
    ],
    parameters: bindingName => ({ bindingName, bindingType: 'RoleBinding' }),
  },
  {
    type: 'SecretDeletion',
    victims: name => [object('v1', 'Secret', name, { data: { token: 'YWJj' } })],
    parameters: name => ({ name }),
  },
  { type: 'QuotaExhaustion', victims: () => [], parameters: quotaName => ({ quotaName, configmaps: '0' }) },
];

/** Injects so many faults of mixed types into a namespace of its own; gives what is to be seen again once all are out, by name. */
export async function injectMixed(api: Api, faults: number): Promise<KubeObject[]> {
  await must(api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  const victims: KubeObject[] = [];
  const all = Array.from({ length: faults }, (_, index) => ({ kind: kindAt(index), name: `bench-${index}` }));
  for (const { kind, name } of all)
    for (const victim of kind.victims(name)) victims.push(await must(api.create(victim)));
  // Whatever limits what may be created comes last, or nothing else would be let in.
  for (const { kind, name } of all.toSorted((a, b) => limiting(a.kind) - limiting(b.kind)))
    await inject(api, kind, name);
  return victims;
}

const limiting = ({ type }: Kind) => (type === 'QuotaExhaustion' ? 1 : 0);

function kindAt(index: number): Kind {
  const kind = KINDS[index % KINDS.length];
  if (kind === undefined) throw new Error('there are kinds');
  return kind;
}

async function inject(api: Api, { type, parameters }: Kind, name: string): Promise<void> {
  const fault = faultOf(type);
  const params = fault.parse(parameters(name));
  const scope = { namespace: NAMESPACE, count: 1, allowed: [NAMESPACE] };
  const live = await fetchLive(api, seen => fault.reads(params, scope, seen));
  const facts = testFacts({ id: name, run: name, at: Date.now(), expires: Date.now() + 3_600_000 });
  const plan = fault.plan(params, scope, live, facts);
  if (isRefusal(plan)) throw new Error(`${type}: ${plan.message}`);
  const execution = await execute(
    plan.writes,
    { api, clock: systemClock, journal: memoryJournal() },
    { id: name, purpose: 'inject' },
  );
  if (execution.state !== 'done') throw new Error(`${type}: ${execution.message}`);
}

async function must<T>(asked: Promise<{ ok: true; value: T } | { ok: false; message: string }>): Promise<T> {
  const outcome = await asked;
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.value;
}
