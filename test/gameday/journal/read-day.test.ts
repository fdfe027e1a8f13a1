import { expect, test } from 'vitest';
import { entriesOf, mergedDay, readDay } from '../../../src/gameday/journal/read-day.ts';
import type { DayEvent } from '../../../src/gameday/journal/record.ts';
import { ANA, BEN, SESSION } from './session.ts';

const line = (at: number, event: DayEvent): string => JSON.stringify({ v: 1, at, ...event });
const BEGIN = line(1, { kind: 'begin', day: 'd1', plan: 'autumn', objective: 'learn', files: [], ...SESSION });
const merged = (...journals: string[][]) => mergedDay(journals.map(lines => entriesOf(lines).entries));
const LINES = [
  BEGIN,
  line(2, { kind: 'armed', scenario: 'a', by: ANA }),
  line(3, { kind: 'run', scenario: 'a', run: 'r1', experiment: 'kill', path: 'kill.yaml' }),
  line(4, { kind: 'event', scenario: 'a', event: { at: 4, run: 'r1', event: 'note', text: 'x' } }),
  line(5, { kind: 'seen', scenario: 'a', by: BEN }),
  line(6, { kind: 'tripped', condition: 'collateral', says: 's', value: '1', limit: '0', scenario: 'a' }),
  line(7, { kind: 'ended', scenario: 'a', end: 'aborted', why: 's' }),
  line(8, { kind: 'outcome', scenario: 'a', by: ANA, outcome: 'failed', detected: false }),
  line(9, { kind: 'outcome', scenario: 'a', by: ANA, outcome: 'passed', detected: true, detectedBy: 'Ben' }),
  line(10, { kind: 'ended', scenario: 'b', end: 'skipped', why: 'no time' }),
];

test('the lines of a journal become the day', () => {
  const day = readDay(LINES);
  expect(day.begin).toMatchObject({ day: 'd1', plan: 'autumn' });
  expect(day.scenarios).toEqual([
    expect.objectContaining({
      name: 'a',
      armedBy: ANA,
      end: 'aborted',
      endedAt: 7,
      runs: [expect.objectContaining({ run: 'r1', startedAt: 3, events: [expect.objectContaining({ text: 'x' })] })],
      seen: [expect.objectContaining({ by: BEN })],
      tripped: [expect.objectContaining({ condition: 'collateral' })],
      outcome: expect.objectContaining({ outcome: 'passed', detectedBy: 'Ben' }),
    }),
    expect.objectContaining({ name: 'b', end: 'skipped', why: 'no time', runs: [] }),
  ]);
  expect(day.broken).toEqual([]);
  expect(day.end).toBeUndefined();
});

test('a torn last line is left out without a word, a broken one before it is named', () => {
  const [begin = '', ...rest] = LINES;
  const day = readDay([begin, '{"v":1,"kind":', ...rest, '{"v":1,"at":11,"kind":"no']);
  expect(day.broken).toEqual([2]);
  expect(day.scenarios).toHaveLength(2);
});

test('a day that somebody goes on with after its end has not ended', () => {
  const end = line(11, { kind: 'end', exitCode: 6, says: 'stopped' });
  expect(readDay([...LINES, end]).end).toMatchObject({ exitCode: 6 });
  const again = line(12, { kind: 'session', day: 'd1', adds: false, ...SESSION, session: 's2' });
  expect(readDay([...LINES, end, again]).end).toBeUndefined();
  const scribe = line(12, { kind: 'session', day: 'd1', adds: true, ...SESSION, session: 's3' });
  expect(readDay([...LINES, end, scribe]).end).toMatchObject({ exitCode: 6 });
});

test('a scenario that is begun again is open again, with all its runs', () => {
  const day = readDay([
    ...LINES,
    line(11, { kind: 'armed', scenario: 'a', by: ANA }),
    line(12, { kind: 'run', scenario: 'a', run: 'r2', experiment: 'kill', path: 'kill.yaml' }),
  ]);
  expect(day.scenarios[0]?.end).toBeUndefined();
  expect(day.scenarios[0]?.runs.map(({ run }) => run)).toEqual(['r1', 'r2']);
});

test('the notes of two consoles merge by the time of their key press', () => {
  const mine = [
    BEGIN,
    line(20, { kind: 'note', text: 'second', by: ANA }),
    line(5, { kind: 'note', text: 'first', by: ANA }),
  ];
  const theirs = [line(10, { kind: 'note', text: 'between', by: BEN, tag: 'alert' })];
  expect(merged(mine, theirs).notes.map(({ text }) => text)).toEqual(['first', 'between', 'second']);
});

test('what a copy of a journal holds as well counts once, whatever was added to either', () => {
  const note = line(3, { kind: 'note', text: 'said twice', by: ANA });
  const theirs = [
    ...LINES,
    note,
    note,
    line(4, { kind: 'seen', scenario: 'a', by: ANA }),
    line(11, { kind: 'outcome', scenario: 'a', by: BEN, outcome: 'unsure' }),
  ];
  const mine = [...LINES, line(12, { kind: 'end', exitCode: 6, says: 'stopped' })];
  for (const day of [merged(mine, theirs), merged(theirs, mine)]) {
    expect(day.scenarios[0]).toMatchObject({ runs: [{ run: 'r1', events: [{}] }], outcome: { outcome: 'unsure' } });
    expect(day.scenarios[0]?.runs).toHaveLength(1);
    expect(day.notes).toHaveLength(2);
    // The first to see it is T3, whichever console it was.
    expect(day.seen.map(({ by }) => by.name)).toEqual(['Ana', 'Ben']);
    expect(day.scenarios[0]?.seen[0]?.by).toEqual(ANA);
    expect(day.end).toMatchObject({ exitCode: 6 });
  }
});

test('what is noted or seen from beside the console belongs to the scenario that was under way', () => {
  const [begin = '', armed = '', run = '', ...rest] = LINES;
  const beside = [line(4, { kind: 'seen', by: BEN }), line(4, { kind: 'note', text: 'pager', by: BEN })];
  const later = line(20, { kind: 'note', text: 'coffee', by: BEN });
  const day = readDay([begin, armed, run, ...beside, ...rest, later]);
  expect(day.notes.map(({ scenario }) => scenario)).toEqual(['a', undefined]);
  expect(day.scenarios[0]?.seen.map(({ at }) => at)).toEqual([4, 5]);
});
