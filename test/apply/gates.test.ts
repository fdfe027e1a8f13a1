import { expect, test } from 'vitest';
import { experimentKind } from '../../src/apply/experiment-kind.ts';
import { faultOfExperiment } from '../../src/apply/fault-of-experiment.ts';
import { askApplyGates } from '../../src/apply/gates.ts';
import { appliedState } from '../../src/apply/state.ts';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { FoundInjection } from '../../src/injection/found-injection.ts';
import type { FreezeWindow } from '../../src/safety/freeze.ts';
import { LATCH } from '../../src/safety/latch.ts';
import { testFacts } from '../support/facts.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { EXPERIMENTS } from '../support/fake-kinds.ts';
import { inShop } from '../support/objects.ts';
import { experiment } from './support.ts';

const kind = { apiVersion: EXPERIMENTS.apiVersion, kind: EXPERIMENTS.kind };
const settings = () => inShop('v1', 'ConfigMap', 'settings', { data: { mode: 'live' } });

async function refusals(
  change: (spec: Record<string, Record<string, unknown>>) => void,
  api: FakeApi,
  freeze: readonly FreezeWindow[] = [],
) {
  const made = experiment() as unknown as { spec: Record<string, Record<string, unknown>>; metadata: { uid?: string } };
  made.spec.target = { operator: 'shop', component: 'cart' };
  made.spec.blastRadius = { ...made.spec.blastRadius, maxPodsAffected: 1 };
  change(made.spec);
  const loading = loadExperiment(JSON.stringify(made), 'test.yaml');
  if (!loading.ok) throw new Error(JSON.stringify(loading.errors));
  const { gates, warnings } = await askApplyGates(api, loading.loaded, {
    kind,
    facts: testFacts(),
    freeze,
    signal: new AbortController().signal,
  });
  return { refused: gates.filter(({ ok }) => !ok).map(({ gate }) => gate), warnings };
}
const cluster = () => fakeApi([settings()], { kinds: [EXPERIMENTS] });

test('an experiment that a run would let through is let through', async () => {
  expect((await refusals(() => undefined, cluster())).refused).toEqual([]);
});

test('a latch, a target that is not there, and a fault on top of another refuse it', async () => {
  const latched = cluster();
  latched.put({ ...kind, apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: LATCH.name, namespace: 'default' } });
  expect((await refusals(() => undefined, latched)).refused).toEqual(['latch']);
  expect((await refusals(() => undefined, fakeApi([], { kinds: [EXPERIMENTS] }))).refused).toEqual(['plan']);
  const taken = settings();
  taken.metadata.annotations = { 'chaos.operatorchaos.io/rollback-data': '{}' };
  expect((await refusals(() => undefined, fakeApi([taken], { kinds: [EXPERIMENTS] }))).refused).toEqual(['plan']);
});

test('a freeze refuses it while it lasts, and neither before nor after', async () => {
  const api = cluster();
  const { now } = api.serverTime();
  const frozen = async (from: number, to: number) =>
    (await refusals(() => undefined, api, [{ from: now + from, to: now + to, why: 'holidays' }])).refused;
  expect(await frozen(-60_000, 60_000)).toEqual(['freeze']);
  expect(await frozen(60_000, 120_000)).toEqual([]);
  expect(await frozen(-120_000, -60_000)).toEqual([]);
});

test('dryRun in the document refuses it: the framework’s controller ignores that and injects', async () => {
  const dry = await refusals(spec => {
    spec.blastRadius = { ...spec.blastRadius, dryRun: true };
  }, cluster());
  expect(dry.refused).toEqual(['dry run']);
});

test('asks for the right to create experiments, not for that to inject; who could not revert is warned', async () => {
  const weak = cluster();
  weak.deny(({ resource, verb }) => resource === 'configmaps' && verb !== 'get');
  const { refused, warnings } = await refusals(() => undefined, weak);
  expect(refused).toEqual([]);
  expect(warnings.join()).toContain('cannot either: may not patch configmaps');
  const none = cluster();
  none.deny(({ resource, verb }) => resource === 'chaosexperiments' && verb === 'create');
  expect((await refusals(() => undefined, none)).refused).toEqual(['permissions']);
});

test('a kind that is missing is distinguished from one that is not known', async () => {
  expect(await experimentKind(fakeApi())).toMatchObject({ is: 'missing' });
  expect(await experimentKind(cluster())).toMatchObject({ is: 'served', kind });
  const dead = { ...cluster(), discovery: () => Promise.resolve(failing('unreachable', 'no answer')) };
  expect(await experimentKind(dead)).toMatchObject({ is: 'unknown' });
});

test('only what is its own is stopped with it: not another target’s, not what mayday injected', () => {
  const found = (name: string, more: Partial<FoundInjection> = {}): FoundInjection => ({
    id: name,
    type: 'ConfigDrift',
    object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name },
    live: settings(),
    state: 'injected',
    source: 'annotation',
    tool: 'operator-chaos',
    ...more,
  });
  const own = experiment({ phase: 'Observing' });
  const meant = faultOfExperiment(own, appliedState(own).reach, [
    found('settings'),
    found('flags'),
    found('settings', { id: 'ours', tool: 'mayday', run: 'r-1' }),
    found('settings', { id: 'kill', type: 'PodKill' }),
  ]);
  expect(meant.map(({ id }) => id)).toEqual(['settings']);
});
