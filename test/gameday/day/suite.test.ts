import { expect, test } from 'vitest';
import type { LoadedExperiment } from '../../../src/experiment/types.ts';
import type { ReadyScenario } from '../../../src/gameday/day/agenda.ts';
import type { DayDeps, UnderWay } from '../../../src/gameday/day/deps.ts';
import { openRecorder } from '../../../src/gameday/day/recorder.ts';
import { runScenario } from '../../../src/gameday/day/scenario.ts';
import { openDayJournal } from '../../../src/gameday/journal/day-journal.ts';
import { entriesOf, readDay } from '../../../src/gameday/journal/read-day.ts';
import type { By } from '../../../src/gameday/journal/record.ts';
import type { Readiness } from '../../../src/suite/readiness.ts';
import { named, type Play, READY, stage } from '../../suite/support.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const ANA: By = { name: 'Ana', role: 'owner' };
const PATH = '/state/j';

/** A day whose runs only take time. */
async function dayOf(plays: Record<string, Play> = {}, look: (name: string, now: number) => Readiness = () => READY) {
  const suite = stage(plays);
  const { clock, spans } = suite;
  const files = memoryFiles();
  const journal = await openDayJournal(files, PATH, clock.now, { isNew: true, session: 'a' });
  const lines = () => (files.store.get(PATH) ?? '').split('\n');
  const recorder = openRecorder(
    journal,
    [],
    () => undefined,
    () => undefined,
  );
  let underWay: UnderWay | undefined;
  const scenario = { name: 'everything', suite: 'all', set: [] } as unknown as ReadyScenario['scenario'];
  const go = (experiments: LoadedExperiment[]) =>
    runScenario(
      {
        recorder,
        by: ANA,
        clock,
        serverNow: clock.now,
        record: readDay(lines()),
        engine: {
          run: (loaded: LoadedExperiment, options: Parameters<typeof suite.deps.run>[1]) =>
            suite.deps.run(loaded, options),
        },
        ready: async (loaded: LoadedExperiment) => look(loaded.experiment.metadata.name, clock.monotonic()),
        monitor: { arm: async () => undefined, disarm: () => undefined },
        human: { outcome: async () => ({ outcome: 'passed', by: ANA }) },
        stage: () => undefined,
        ran: () => undefined,
        runTarget: () => undefined,
        seenBy: () => undefined,
        alertOf: () => undefined,
        signal: new AbortController().signal,
        stopWaiting: new AbortController().signal,
        underWay: (of: UnderWay) => {
          underWay = of;
          return () => undefined;
        },
      } as unknown as DayDeps,
      { scenario, hypothesis: '', experiments },
    );
  return {
    clock,
    spans,
    go,
    stop: (...words: Parameters<UnderWay['stop']>) => underWay?.stop(...words),
    entries: () => entriesOf(lines()).entries,
  };
}

test('a suite in a day runs operators side by side, each by tier, each once its steady state holds', async () => {
  const day = await dayOf({}, (name, now) =>
    name === 'late' && now < 31_000 ? { state: 'wait', says: 'Deployment web: found False' } : READY,
  );
  const ended = await day.go([
    named('late', { operator: 'o', tier: 3 }),
    named('early', { operator: 'o', tier: 1 }),
    named('other'),
  ]);
  const span = (name: string) => day.spans.find(one => one.name === name) ?? { from: -1, to: -1 };
  expect(span('other').from).toBe(span('early').from);
  expect(span('late').from).toBeGreaterThanOrEqual(31_000);
  expect(ended).toMatchObject({ end: 'done', results: [{}, {}, {}] });
  expect(day.entries().filter(({ kind }) => kind === 'waiting')).toMatchObject([
    { experiment: 'late', says: 'Deployment web: found False' },
  ]);
});

test('a condition that trips ends all that runs of a suite, and begins nothing more', async () => {
  const day = await dayOf({ a: { ms: 60_000 }, b: { ms: 60_000 } });
  day.clock.after(2_000, () => day.stop('aborted', 'abort condition probes'));
  const ended = await day.go([named('a'), named('b'), named('a2', { operator: 'a', tier: 2 })]);
  expect(day.spans.map(({ name, to }) => [name, to < 4_000])).toEqual([
    ['a', true],
    ['b', true],
  ]);
  expect(ended).toMatchObject({ end: 'aborted', why: 'abort condition probes' });
  expect(ended.results.map(({ interrupted }) => interrupted)).toEqual([
    'abort condition probes',
    'abort condition probes',
  ]);
  expect(day.entries().filter(({ kind }) => kind === 'not-run')).toMatchObject([{ experiment: 'a2', path: 'a2.yaml' }]);
});

test('something left in the cluster ends the suite, and with it the day', async () => {
  const day = await dayOf({ a: { residue: 1 } });
  const ended = await day.go([named('a', { operator: 'o' }), named('b', { operator: 'o', tier: 2 })]);
  expect(day.spans.map(({ name }) => name)).toEqual(['a']);
  expect(ended.results).toMatchObject([{ residue: 1 }]);
});

test('a resumed suite runs only what is missing, and counts what was done before', async () => {
  const day = await dayOf({ b: { ms: 60_000 } });
  const all = [
    named('a', { operator: 'o' }),
    named('b', { operator: 'o', tier: 2 }),
    named('c', { operator: 'o', tier: 3 }),
  ];
  day.clock.after(10_000, () => day.stop('stopped', 'lunch'));
  expect((await day.go(all)).end).toBe('stopped');
  const ended = await day.go(all);
  expect(day.spans.map(({ name }) => name)).toEqual(['a', 'b', 'b', 'c']);
  expect(ended.end).toBe('done');
  expect(ended.results).toMatchObject([{ experiment: 'a' }, { experiment: 'b' }, { experiment: 'c' }]);
  expect(ended.results.filter(({ interrupted }) => interrupted !== undefined)).toEqual([]);
  const [scenario] = readDay(day.entries().map(entry => JSON.stringify(entry))).scenarios;
  expect(scenario?.notRun).toEqual([]);
});
