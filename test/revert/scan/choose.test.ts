import { expect, test } from 'vitest';
import type { FoundInjection } from '../../../src/injection/found-injection.ts';
import { revertExitCode } from '../../../src/revert/report.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { type Choice, choose, isChoosing } from '../../../src/revert/scan/choose.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { recorded, yard } from '../support/stuck.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const minutesAgo = (minutes: number) => NOW - minutes * 60_000;
const finding = (id: string, more: Partial<FoundInjection>): FoundInjection => ({
  id,
  type: 'ConfigDrift',
  object: { apiVersion: 'v1', kind: 'ConfigMap', name: id },
  live: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id } },
  state: 'injected',
  source: 'test',
  tool: 'mayday',
  ...more,
});
const ALL = [
  finding('old', { experiment: 'one', injectedAt: minutesAgo(90) }),
  finding('new', { experiment: 'two', injectedAt: minutesAgo(5) }),
  finding('pod', { type: 'PodKill', experiment: 'one', injectedAt: minutesAgo(5) }),
  finding('silent', {}),
];

test.each<[string, Choice, string[], string[]]>([
  ['everything', {}, ['old', 'new', 'pod', 'silent'], []],
  ['a type', { type: 'PodKill' }, ['pod'], []],
  ['an experiment', { experiment: 'one' }, ['old', 'pod'], ['silent']],
  ['an age', { olderThanMs: 30 * 60_000 }, ['old'], ['silent']],
  ['exactly that age', { olderThanMs: 90 * 60_000 }, ['old'], ['silent']],
  ['all of them', { type: 'ConfigDrift', experiment: 'two', olderThanMs: 1000 }, ['new'], ['silent']],
])('%s is chosen; what does not tell is told apart', (_what, choice, chosen, untold) => {
  const { findings, undetermined: silent } = choose(ALL, choice, NOW);
  expect(findings.map(({ id }) => id)).toEqual(chosen);
  expect(silent.map(({ id }) => id)).toEqual(untold);
  expect(isChoosing(choice)).toBe(Object.keys(choice).length > 0);
});

test('what the framework left tells its age by the server’s own bookkeeping', async () => {
  const [victim] = recorded('config-drift', 'injected');
  if (!victim) throw new Error('there is a recorded victim');
  const owning = { 'f:metadata': { 'f:annotations': { 'f:chaos.operatorchaos.io/rollback-data': {} } } };
  victim.metadata.managedFields = [
    { manager: 'kubectl', operation: 'Update', time: '2026-11-21T09:00:00Z', fieldsV1: { 'f:data': {} } },
    { manager: 'operator-chaos', operation: 'Update', time: '2026-11-21T11:00:00Z', fieldsV1: owning },
  ];
  const { injections } = await scan(yard([victim]).deps);
  expect(injections).toMatchObject([{ tool: 'operator-chaos', injectedAt: Date.UTC(2026, 10, 21, 11) }]);
});

test('what was not chosen neither remains nor counts as new', async () => {
  const { deps } = yard([...recorded('config-drift', 'injected'), ...recorded('scale-zero', 'injected')]);
  const { injections } = await scan(deps, { deep: true });
  const { findings } = choose(injections, { type: 'ConfigDrift' }, NOW);
  const result = await revertAll(deps, findings, { shown: injections });
  expect(result).toMatchObject({ remaining: 0, appeared: [] });
  expect(revertExitCode(result)).toBe(0);
  expect(await revertAll(deps, findings)).toMatchObject({ appeared: [{ type: 'DeploymentScaleZero' }] });
});
