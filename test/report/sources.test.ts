import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DayEntry } from '../../src/gameday/journal/record.ts';
import { frameworkFiles } from '../../src/report/formats/framework.ts';
import { pastRuns, previousReport } from '../../src/report/past.ts';
import { readParts } from '../../src/report/sources/read.ts';
import { SETTINGS } from '../suite/support.ts';
import { diedFiles, diskOf, filesOf, recordOf, reportOf, runId, STATE, T0 } from './support.ts';

const PLACES = (files: Record<string, string>) => ({ disk: diskOf(files), stateDir: STATE });

test('a run is reported by its id, with its moments in order and after the injection', () => {
  const report = reportOf(runId(1), filesOf([recordOf(1)]));
  const [scenario] = report.scenarios;
  expect(scenario).toMatchObject({ name: 'web-kill', verdict: 'Resilient', recoveryMs: 4_200, residue: 0 });
  expect(scenario?.moments.map(({ id, afterMs }) => [id, afterMs])).toEqual([
    ['T0', 0],
    ['E', 500],
    ['T1', 900],
    ['T2', 1_400],
    ['T4', undefined],
    ['T5', 4_200],
    ['T6', undefined],
    ['T7', 14_200],
  ]);
  expect(scenario?.retest).toBe('mayday run lab/web-kill.yaml');
  expect(report.findings).toEqual([]);
});

test('a run whose process died is in the report, and is a finding', () => {
  const report = reportOf(runId(2), diedFiles(2, 'web-kill'));
  expect(report.scenarios).toMatchObject([{ verdict: 'Unfinished', effect: { state: 'proven' } }]);
  expect(report.scenarios[0]?.reasons[0]).toContain('with the fault injected');
  expect(report.findings[0]?.text).toContain('the run has no end');
});

test('a suite is reported with what ran, what died and what was not run', () => {
  const entries = ['a', 'b', 'c'].map(key => ({ key, experiment: key }));
  const done = { key: 'a', at: T0, run: runId(1), verdict: 'Resilient', reasons: [], exitCode: 0, residue: 0 };
  const journal = [
    { entry: 'begin', v: 1, suite: runId(9), entries, settings: SETTINGS },
    { entry: 'run', key: 'a', run: runId(1), at: T0 },
    { entry: 'done', ...done },
    { entry: 'run', key: 'b', run: runId(2), at: T0 },
    { entry: 'not-run', key: 'c', says: 'interrupted', at: T0 },
  ];
  const files = {
    ...filesOf([recordOf(1, 'a')]),
    ...diedFiles(2, 'b'),
    [`${STATE}/suites/${runId(9)}/journal.jsonl`]: journal.map(line => JSON.stringify(line)).join('\n'),
  };
  const report = reportOf(runId(9), files);
  expect(report.source).toEqual({ kind: 'suite', id: runId(9) });
  expect(report.scenarios.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['a', 'Resilient'],
    ['b', 'Unfinished'],
  ]);
  expect(report.notRun).toEqual([{ name: 'c', says: 'interrupted' }]);
  expect(pastRuns(PLACES(files)).map(({ kind, id }) => [kind, id])).toEqual([
    ['suite', runId(9)],
    ['run', runId(2)],
    ['run', runId(1)],
  ]);
});

test('records that cannot be read are no empty list', () => {
  const disk = { ...diskOf({}), place: () => ({ is: 'folder', id: '1' }) as const, names: () => 'permission denied' };
  expect(() => pastRuns({ disk, stateDir: STATE })).toThrow(
    `expected to read the records in ${STATE}/runs, found: permission denied`,
  );
  const missing = { ...disk, place: () => ({ is: 'missing' }) as const };
  expect(pastRuns({ disk: missing, stateDir: STATE })).toEqual([]);
});

/** Alice leads the day. */
const ALICE = { name: 'alice', role: 'owner' as const };
const SESSION = {
  session: 's',
  by: ALICE,
  user: 'alice',
  host: 'laptop',
  pid: 1,
  version: 'test',
  context: 'lab',
  server: 'https://lab',
  clusterUid: 'c',
};

test('a day is reported from its journal alone: people, T3, notes as findings, what is left', () => {
  const record = recordOf(1);
  const entries: DayEntry[] = [
    {
      v: 1,
      at: T0 - 9_000,
      kind: 'begin',
      day: runId(8),
      plan: 'friday',
      objective: 'learn',
      files: [{ path: 'days/friday.yaml', sha256: 'x' }],
      ...SESSION,
    },
    { v: 1, at: T0 - 8_000, kind: 'baseline', when: 'before', path: '/b.json' },
    { v: 1, at: T0 - 5_000, kind: 'armed', scenario: 'kill it', by: ALICE },
    {
      v: 1,
      at: T0 - 4_000,
      kind: 'run',
      scenario: 'kill it',
      run: runId(1),
      experiment: 'web-kill',
      path: '../lab/web-kill.yaml',
    },
    ...record.events.map((event): DayEntry => ({ v: 1, at: event.at, kind: 'event', scenario: 'kill it', event })),
    { v: 1, at: T0 + 2_000, kind: 'seen', scenario: 'kill it', by: ALICE },
    {
      v: 1,
      at: T0 + 3_000,
      kind: 'tripped',
      condition: 'collateral',
      says: 'another is down',
      value: '1',
      limit: '0',
      scenario: 'kill it',
    },
    { v: 1, at: T0 + 15_000, kind: 'result', scenario: 'kill it', run: runId(1), result: record.result },
    { v: 1, at: T0 + 16_000, kind: 'outcome', scenario: 'kill it', by: ALICE, outcome: 'unsure', detected: true },
    { v: 1, at: T0 + 17_000, kind: 'note', text: 'add an alert owner: bob due: 2026-12-01', tag: 'action', by: ALICE },
    { v: 1, at: T0 + 18_000, kind: 'ended', scenario: 'next', end: 'skipped', why: 'no time' },
    { v: 1, at: T0 + 19_000, kind: 'baseline', when: 'after', left: ['ConfigMap shop/settings changed'] },
  ];
  const report = reportOf(runId(8), {
    [`${STATE}/days/${runId(8)}/journal.jsonl`]: entries.map(entry => JSON.stringify(entry)).join('\n'),
  });
  expect(report).toMatchObject({ title: 'game-day friday', source: { kind: 'day' } });
  expect(report.scenarios[0]?.retest).toBe('mayday run lab/web-kill.yaml');
  expect(report.scenarios[0]).toMatchObject({ title: 'kill it', people: { outcome: 'unsure', detected: 'alice' } });
  const moments = report.scenarios[0]?.moments ?? [];
  expect(moments.find(({ id }) => id === 'T3')).toMatchObject({ afterMs: 2_000, says: 'alice (owner)' });
  expect(moments.find(({ id }) => id === 'X')).toMatchObject({ afterMs: 3_000, says: 'collateral' });
  expect(report.notRun).toEqual([{ name: 'next', says: 'skipped: no time' }]);
  expect(report.day?.baseline).toEqual({ saved: true, left: ['ConfigMap shop/settings changed'] });
  expect(report.findings).toContainEqual({
    text: 'add an alert',
    scenario: 'kill it',
    owner: 'bob',
    due: '2026-12-01',
  });
  expect(report.findings.map(({ text }) => text)).toContain(
    'abort condition collateral tripped: another is down (1, limit 0)',
  );
  expect(report.findings.map(({ text }) => text)).toContain('people say: unsure');
});

const FRAMEWORK = {
  experiment: 'dashboard-pod-kill',
  timestamp: '2026-06-16T10:00:00.123456789Z',
  tier: 1,
  target: { operator: 'dashboard', component: 'odh-dashboard' },
  injection: { type: 'PodKill', targets: ['Pod/a'], timestamp: '2026-06-16T10:00:00Z' },
  evaluation: {
    verdict: 'Degraded',
    confidence: '1/1 steady-state checks passed, 61s recovery, 60 reconcile cycles',
    recoveryTime: 61_000_000_000,
    reconcileCycles: 60,
    deviations: [{ type: 'slow_recovery', detail: 'recovered in 1m1s, expected within 1m0s' }],
  },
  steadyState: {
    pre: { passed: true, checksRun: 1, checksPassed: 1, details: null },
    post: {
      passed: false,
      checksRun: 1,
      checksPassed: 0,
      details: [
        {
          check: { type: 'conditionTrue', kind: 'Deployment', name: 'd', conditionType: 'Available' },
          passed: false,
          error: 'no answer',
        },
      ],
    },
  },
  collateral: [{ operator: 'kserve', component: 'c', passed: false }],
};

test('an outcome that nobody was asked for is not the word of people', () => {
  const entries = [
    { v: 1, at: T0, kind: 'begin', day: runId(8), plan: 'friday', objective: 'learn', files: [], ...SESSION },
    { v: 1, at: T0, kind: 'armed', scenario: 'kill it', by: ALICE },
    { v: 1, at: T0, kind: 'outcome', scenario: 'kill it', by: ALICE, outcome: 'failed', auto: true },
  ];
  const report = reportOf('/day.jsonl', { '/day.jsonl': entries.map(entry => JSON.stringify(entry)).join('\n') });
  expect(report.scenarios[0]?.people).toEqual({});
  expect(report.findings.map(({ text }) => text)).not.toContain('people say: failed');
});

test("the framework's results are read, a folder of them with ours, and its summary left out", () => {
  const files = {
    '/results/a.json': JSON.stringify(FRAMEWORK),
    '/results/report.json': JSON.stringify({ experiments: [FRAMEWORK], summary: {} }),
    '/results/ours/run.json': JSON.stringify(recordOf(1)),
    '/results/state.json': '{"playbook": 1}',
  };
  const report = reportOf('/results', files);
  expect(report.scenarios.map(({ name, tool }) => [name, tool])).toEqual([
    ['dashboard-pod-kill', 'operator-chaos'],
    ['web-kill', 'mayday'],
  ]);
  expect(report.scenarios[0]).toMatchObject({
    verdict: 'Degraded',
    recoveryMs: 61_000,
    collateral: ['kserve/c'],
    checks: [{ after: 'no answer', ok: false }],
  });
  expect(report.scenarios[0]?.residue).toBeUndefined();
  expect(report.problems).toEqual([expect.stringContaining('/results/state.json')]);
  expect(reportOf('/results/report.json', files).scenarios).toHaveLength(1);
});

test("ours written in the framework's shape is what its own reader and ours take", () => {
  const [file] = frameworkFiles(reportOf(runId(1), filesOf([recordOf(1)])).scenarios);
  expect(file?.name).toBe('web-kill-20261121-120000.json');
  expect(file?.body).toMatchObject({
    experiment: 'web-kill',
    target: { operator: 'shop', component: 'web' },
    injection: { type: 'PodKill', targets: ['Pod/shop/web'] },
    evaluation: { verdict: 'Resilient', recoveryTime: 4_200_000_000, reconcileCycles: 0 },
    steadyState: { pre: { passed: true, checksRun: 1, checksPassed: 1 }, post: { passed: true } },
  });
  const again = reportOf('/x.json', { '/x.json': JSON.stringify(file?.body) });
  expect(again.scenarios).toMatchObject([
    { name: 'web-kill', verdict: 'Resilient', recoveryMs: 4_200, tool: 'operator-chaos' },
  ]);
});

test('files of one experiment in one second have names of their own, and none leads out of the folder', () => {
  const { scenarios } = reportOf(runId(1), filesOf([recordOf(1, '../../etc/x')]));
  expect(frameworkFiles([...scenarios, ...scenarios]).map(({ name }) => name)).toEqual([
    '__.._etc_x-20261121-120000.json',
    '__.._etc_x-20261121-120000-2.json',
  ]);
});

test('what is no record is told in one line, and never breaks the report', () => {
  const bad = { ...recordOf(1), result: { verdict: 'Fine' } };
  const files = {
    '/a/bad.json': JSON.stringify(bad),
    '/a/torn.json': '{',
    '/a/good.json': JSON.stringify(recordOf(2)),
  };
  const report = reportOf('/a', files);
  expect(report.scenarios).toHaveLength(1);
  expect(report.problems).toHaveLength(2);
  expect(readParts('/nowhere', PLACES(files))).toContain('found nothing at /nowhere');
  expect(readParts(runId(5), PLACES(files))).toContain('expected the id of a run');
  expect(readParts('/a/torn.json', PLACES(files))).toContain('expected JSON');
});

test('the one before is the last of its kind that shares a scenario', () => {
  const files = filesOf([recordOf(1, 'a'), recordOf(2, 'b'), recordOf(3, 'a')]);
  expect(previousReport(reportOf(runId(3), files), PLACES(files))).toBe(runId(1));
  expect(previousReport(reportOf(runId(1), files), PLACES(files))).toBeUndefined();
});

test('the record of a real run is read as it was written', () => {
  const text = readFileSync(new URL('../fixtures/records/run.json', import.meta.url), 'utf8');
  const report = reportOf('/run.json', { '/run.json': text });
  expect(report.scenarios).toMatchObject([
    { name: 'llamastack-config-drift', verdict: 'Degraded', residue: 0, restoredBy: 'mayday' },
  ]);
});
