import { expect, test } from 'vitest';
import type { ReadyScenario } from '../../../src/gameday/day/agenda.ts';
import { dayExitCode } from '../../../src/gameday/day/exit-code.ts';
import { openRecorder } from '../../../src/gameday/day/recorder.ts';
import { STOPPED_ITEM } from '../../../src/gameday/day/stopped-item.ts';
import { outcomeOf, unattended } from '../../../src/gameday/day/unattended.ts';
import { openDayJournal } from '../../../src/gameday/journal/day-journal.ts';
import { entriesOf } from '../../../src/gameday/journal/read-day.ts';
import type { By } from '../../../src/gameday/journal/record.ts';
import { readPlan } from '../../../src/gameday/plan/read-plan.ts';
import { planTemplate } from '../../../src/gameday/plan/template.ts';
import type { RunResult } from '../../../src/run/verdict/result.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { memoryFiles } from '../../support/memory-files.ts';

const ANA: By = { name: 'Ana', role: 'owner' };
const ready = { scenario: { name: 's', set: [] }, hypothesis: '', experiments: [] } as ReadyScenario;
const signal = new AbortController().signal;
const no = (name: string) => ({ ok: false, items: [{ name, ok: false, reason: 'r' }] });
const result = (own: Partial<RunResult>): RunResult =>
  ({ verdict: 'Resilient', residue: 0, dryRun: false, ...own }) as RunResult;

test('the plan to begin with is a valid one', () => {
  expect(readPlan(planTemplate('autumn', 'Ana "the boss"', 'game-day.schema.json'), 'autumn.yaml')).toMatchObject({
    ok: true,
  });
});

test('nobody there: goes on where all is clear, waits two minutes where it is not, then passes over', async () => {
  const clock = fakeClock();
  const human = unattended(clock, ANA, { goOn: false, unlatch: async () => true });
  expect(await human.next(ready, { ok: true, items: [] }, signal)).toBe('go');
  const began = clock.monotonic();
  let said = await human.next(ready, no('triage'), signal);
  while (said === 'check') said = await human.next(ready, no('triage'), signal);
  expect(said).toBe('skip');
  expect(clock.monotonic() - began).toBe(120_000);
});

test('nobody there: a day that was stopped goes on only where that was said, and by its owner', async () => {
  const asked = (goOn: boolean, isOwner: boolean) =>
    unattended(fakeClock(), ANA, { goOn, unlatch: async () => isOwner }).next(ready, no(STOPPED_ITEM), signal);
  expect(await asked(false, true)).toBe('stop');
  expect(await asked(true, false)).toBe('stop');
  expect(await asked(true, true)).toBe('check');
});

test('what is cut short is never called passed', () => {
  const results = [result({})];
  expect(outcomeOf({ end: 'done', why: '', results }).outcome).toBe('passed');
  expect(outcomeOf({ end: 'aborted', why: '', results }).outcome).toBe('unsure');
  expect(outcomeOf({ end: 'done', why: '', results: [] }).outcome).toBe('unsure');
  expect(outcomeOf({ end: 'done', why: '', results: [...results, result({ verdict: 'Degraded' })] }).outcome).toBe(
    'failed',
  );
});

test('the exit code is the most severe of all: what is left outranks what was aborted, and that what failed', () => {
  const done = { end: 'done', results: [result({})], outcome: 'passed' } as const;
  expect(dayExitCode([done], false)).toBe(0);
  expect(dayExitCode([{ ...done, outcome: 'failed' }], false)).toBe(4);
  expect(dayExitCode([{ ...done, results: [result({ verdict: 'Degraded' })] }], false)).toBe(3);
  expect(dayExitCode([done, { end: 'refused', results: [] }], false)).toBe(5);
  expect(dayExitCode([done, { end: 'aborted', results: [result({ interrupted: 'x' })] }], false)).toBe(6);
  expect(dayExitCode([{ end: 'aborted', results: [result({ residue: 1 })] }], true)).toBe(7);
  expect(dayExitCode([], true)).toBe(6);
});

test('anybody stops a day, also from another console; it stands until the owner lets it go on', async () => {
  const files = memoryFiles();
  const journal = await openDayJournal(files, '/state/j', () => 5, { isNew: true, session: 'a' });
  const recorder = openRecorder(
    journal,
    [],
    () => undefined,
    () => undefined,
  );
  expect(recorder.latched()).toBeUndefined();
  recorder.takeForeign({
    v: 1,
    at: 1,
    session: 'b',
    kind: 'stop',
    by: { name: 'Ben', role: 'observer' },
    why: 'smoke',
  });
  expect(recorder.latched()).toBe('stopped by Ben (observer): smoke');
  await recorder.note({ kind: 'unlatch', by: ANA });
  expect(recorder.latched()).toBeUndefined();
  // The next process reads it from the journal.
  await recorder.note({ kind: 'tripped', condition: 'watch', says: 'blind', value: '', limit: '' });
  const { entries } = entriesOf((files.store.get('/state/j') ?? '').split('\n'));
  expect(
    openRecorder(
      journal,
      entries,
      () => undefined,
      () => undefined,
    ).latched(),
  ).toBe('condition watch tripped: blind');
});

test('a journal that was torn is gone on with on a line of its own', async () => {
  const files = memoryFiles();
  files.store.set('/state/j', '{"v":1,"at":1,"kind":"no');
  const journal = await openDayJournal(files, '/state/j', () => 5, { isNew: false, session: 'b' });
  await journal.add({ kind: 'note', text: 'whole', by: ANA }, 3);
  await journal.add({ kind: 'note', text: 'too', by: ANA });
  const { entries, broken } = entriesOf((files.store.get('/state/j') ?? '').split('\n'));
  expect(entries).toMatchObject([
    { text: 'whole', at: 3, session: 'b' },
    { text: 'too', at: 5 },
  ]);
  expect(broken).toEqual([1]);
});

test('what people note once the day is over is written, too', async () => {
  const files = memoryFiles();
  const journal = await openDayJournal(files, '/state/j', () => 5, { isNew: true, session: 'a' });
  await journal.add({ kind: 'end', exitCode: 0, says: 'all done' });
  await journal.close();
  await journal.add({ kind: 'note', text: 'coffee helped', by: ANA });
  const { entries } = entriesOf((files.store.get('/state/j') ?? '').split('\n'));
  expect(entries.map(({ kind }) => kind)).toEqual(['end', 'note']);
});

test('a disk that refuses is told, and nothing counts as written from then on', async () => {
  const refusing = {
    ...memoryFiles(),
    openAppend: async () => ({ append: () => Promise.reject(new Error('full')), close: async () => undefined }),
  };
  const journal = await openDayJournal(refusing, '/state/j', () => 5, { isNew: true, session: 'a' });
  let told = 0;
  const recorder = openRecorder(
    journal,
    [],
    () => undefined,
    () => {
      told += 1;
    },
  );
  await expect(recorder.note({ kind: 'unlatch', by: ANA })).rejects.toThrow(
    'the journal of the day cannot be written: full',
  );
  await expect(recorder.written()).rejects.toThrow('full');
  expect(told).toBe(1);
});
