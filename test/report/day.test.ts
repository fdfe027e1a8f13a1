import { describe, expect, test } from 'vitest';
import type { DayEvent } from '../../src/gameday/journal/record.ts';
import { findingsOf } from '../../src/report/findings.ts';
import { flipRows } from '../../src/report/formats/report-texts.ts';
import { timelineText } from '../../src/report/formats/timeline-text.ts';
import type { Scenario } from '../../src/report/model.ts';
import { readDayParts } from '../../src/report/sources/read.ts';
import { ANA, BEN, SESSION } from '../gameday/journal/session.ts';
import { gameDay } from '../support/game-day.ts';
import { diskOf, recordOf, STATE, T0 } from './support.ts';

const DAY = '20261121-120000000-00000d';
const line = (seconds: number, event: DayEvent): string => JSON.stringify({ v: 1, at: T0 + seconds * 1_000, ...event });
const begin = (day = DAY): string =>
  line(0, { kind: 'begin', day, plan: 'autumn', objective: 'learn', files: [], ...SESSION });
const LED = [
  begin(),
  line(1, { kind: 'armed', scenario: 'the door', by: ANA }),
  line(9, { kind: 'ended', scenario: 'the door', end: 'done', why: 'done by hand' }),
];
const MINE = `${STATE}/days/${DAY}/journal.jsonl`;

const parts = (whats: string[], files: Record<string, string[]>) =>
  readDayParts(whats, {
    disk: diskOf(Object.fromEntries(Object.entries(files).map(([path, lines]) => [path, lines.join('\n')]))),
    stateDir: STATE,
  });

test('the journals of two people on two machines are one report, their notes in the order of the key presses', () => {
  const mine = [...LED, line(8, { kind: 'note', text: 'second', by: ANA })];
  const theirs = [...LED.slice(0, 2), line(5, { kind: 'note', text: 'first', by: BEN })];
  const merged = parts([DAY, '/ben/journal.jsonl'], { [MINE]: mine, '/ben/journal.jsonl': theirs });
  if (typeof merged === 'string') throw new Error(merged);
  expect(merged.scenarios.map(({ title }) => title)).toEqual(['the door']);
  expect(merged.day?.notes).toMatchObject([
    { text: 'first', by: 'Ben', scenario: 'the door' },
    { text: 'second', by: 'Ana', scenario: 'the door' },
  ]);
  expect(merged.day?.people.map(({ name }) => name)).toEqual(['Ana', 'Ben']);
});

test('a journal of another day, or of no day, is refused in one line that names both', () => {
  const other = [begin('20261120-120000000-00000d')];
  expect(parts([DAY, '/x.jsonl'], { [MINE]: LED, '/x.jsonl': other })).toBe(
    `expected journals of one game-day, found two days: ${MINE} is of ${DAY}, /x.jsonl of 20261120-120000000-00000d`,
  );
  expect(parts([DAY, '/x.jsonl'], { [MINE]: LED, '/x.jsonl': ['{"entry":"begin"}'] })).toBe(
    'expected journals of one game-day, found another file: /x.jsonl',
  );
  expect(parts([DAY, '/gone.jsonl'], { [MINE]: LED })).toBe('/gone.jsonl cannot be read: it is gone');
});

test('a line that is no record is named with the journal that it stands in', () => {
  const merged = parts([MINE, '/x.jsonl'], {
    [MINE]: LED,
    '/x.jsonl': [begin(), 'no record', line(2, { kind: 'seen', by: BEN })],
  });
  expect(merged).toMatchObject({ problems: ['/x.jsonl: line 2 is no record and was passed over'] });
});

test('what of the agenda was not run, the people and the hypothesis are told as the plan in the journal has them', () => {
  const plan = gameDay('autumn', {
    namespaces: ['shop'],
    objective: 'learn',
    people: [
      { name: 'Ana', role: 'owner' },
      { name: 'Cleo', role: 'observer' },
    ],
    agenda: [
      { name: 'the door', byHand: 'close it', hypothesis: 'nobody notices' },
      { name: 'everything', suite: 'all' },
      { name: 'the window', byHand: 'break it', hypothesis: 'somebody notices' },
    ],
  });
  const files = [{ path: 'autumn.yaml', sha256: '', text: JSON.stringify(plan) }];
  const journal = [
    line(0, { kind: 'begin', day: DAY, plan: 'autumn', objective: 'learn', files, ...SESSION }),
    ...LED.slice(1),
    line(10, { kind: 'armed', scenario: 'everything', by: ANA }),
    line(11, { kind: 'not-run', scenario: 'everything', experiment: 'kill', path: 'kill.yaml', says: 'stopped' }),
    line(12, { kind: 'ended', scenario: 'everything', end: 'stopped', why: 'lunch' }),
    line(13, { kind: 'end', exitCode: 6, says: 'stopped' }),
  ];
  const merged = parts([MINE], { [MINE]: journal });
  if (typeof merged === 'string') throw new Error(merged);
  expect(merged.notRun).toEqual([
    { name: 'everything: kill', says: 'stopped' },
    { name: 'the window', says: 'not begun' },
  ]);
  expect(merged.day?.people).toEqual([
    { name: 'Ana', role: 'owner' },
    { name: 'Cleo', role: 'observer' },
  ]);
  expect(merged.scenarios[0]).toMatchObject({ title: 'the door', hypothesis: 'nobody notices' });
});

describe('what monitoring said of a scenario', () => {
  const run = '20261121-120000000-000001';
  const event = (seconds: number, own: object) =>
    line(seconds, { kind: 'event', scenario: 'kill', event: { at: T0 + seconds * 1_000, run, ...own } } as DayEvent);
  const record = (...more: string[]): Scenario => {
    const told = parts([MINE], {
      [MINE]: [
        begin(),
        line(1, { kind: 'armed', scenario: 'kill', by: ANA }),
        line(2, { kind: 'run', scenario: 'kill', run, experiment: 'web-kill', path: 'kill.yaml' }),
        event(3, { event: 'injected', writes: [], pods: [], recoveryDeadline: 0 }),
        ...more,
        line(20, {
          kind: 'result',
          scenario: 'kill',
          run,
          result: {
            ...(recordOf(1).result as object),
            run,
            timings: { injectedAt: T0 + 3_000, firstSymptomAt: T0 + 4_000, detectedAt: T0 + 5_000 },
          } as never,
        }),
        event(21, { event: 'note', text: 'x' }),
        line(22, { kind: 'ended', scenario: 'kill', end: 'done', why: '' }),
      ],
    });
    if (typeof told === 'string') throw new Error(told);
    return told.scenarios[0] as Scenario;
  };
  const source = (seconds: number, why?: string) =>
    line(seconds, { kind: 'alerts', scenario: 'kill', source: 'prometheus', ...(why === undefined ? {} : { why }) });
  const alert = (seconds: number, name: string) =>
    line(seconds, { kind: 'alert', scenario: 'kill', source: 'prometheus', name, labels: {} });
  const t2 = (scenario: Scenario) => scenario.moments.find(({ id }) => id === 'T2');
  const texts = (scenario: Scenario) => findingsOf([scenario], undefined).map(({ text }) => text);

  test('the first alert after the injection is T2, by its name; a Warning event stands beside it', () => {
    const told = record(source(1), alert(2, 'Before'), alert(9, 'WebDown'), alert(10, 'Other'));
    expect(t2(told)).toMatchObject({ name: 'detected by monitoring', afterMs: 6_000, says: 'alert WebDown' });
    expect(told.moments.find(({ id }) => id === 'W')).toMatchObject({ afterMs: 2_000 });
    expect(texts(told)).toEqual([]);
  });

  test('no alert is a finding, whatever the cluster warned of', () => {
    expect(t2(record(source(1)))).toEqual({ id: 'T2', name: 'detected by monitoring', says: 'no alert began' });
    expect(texts(record(source(1)))).toEqual(['no alert reported the symptom, and no person said so']);
    const seen = line(8, { kind: 'seen', scenario: 'kill', by: BEN });
    expect(texts(record(source(1), seen))).toEqual(['no alert reported the symptom; a person saw it']);
  });

  test('monitoring that did not answer under the fault is BLIND, and nothing is called undetected', () => {
    const told = record(source(1), source(8, 'answered 503'), source(12));
    expect(t2(told)).toMatchObject({
      isBlind: true,
      says: expect.stringContaining('BLIND: prometheus did not answer (answered 503)'),
    });
    expect(texts(told)).toEqual([expect.stringContaining('whether monitoring detected it is not known')]);
    expect(t2(record(source(1, 'answered 503'), source(2)))?.isBlind).toBeUndefined();
  });

  test('a probe that changed is a row of the drawing and of what changed', () => {
    const probe = (seconds: number, state: 'pass' | 'fail') =>
      line(seconds, { kind: 'probe', probe: 'door', state, expected: '200', actual: state === 'pass' ? '200' : '503' });
    const told = record(probe(2, 'fail'), probe(6, 'fail'), probe(11, 'pass'));
    expect(told.moments.filter(({ id }) => id === 'P')).toMatchObject([
      { name: 'probe door BROKEN', afterMs: 3_000, says: '503' },
      { name: 'probe door steady again', afterMs: 8_000 },
    ]);
    expect(flipRows(told)).toEqual([
      ['+3.0s', 'probe door', 'BROKEN', '200', '503'],
      ['+8.0s', 'probe door', 'steady', '200', '200'],
    ]);
    expect(timelineText(told.moments).join('\n')).toContain('probe door BROKEN');
  });
});

test('a run that died and was reverted when the day went on says so; what people say belongs to the run that was done', () => {
  const LEFT = { object: 'ConfigMap shop/settings', outcome: 'reverted', verified: true };
  const [first, second] = ['20261121-120000000-000001', '20261121-120500000-000002'];
  const event = (seconds: number, run: string, own: object) =>
    line(seconds, { kind: 'event', scenario: 'kill', event: { at: T0 + seconds * 1_000, run, ...own } } as DayEvent);
  const told = (lifted: { remaining: number; blind: number }) => {
    const read = parts([MINE], {
      [MINE]: [
        begin(),
        line(1, { kind: 'armed', scenario: 'kill', by: ANA }),
        line(2, { kind: 'run', scenario: 'kill', run: first, experiment: 'web-kill', path: 'kill.yaml' }),
        event(3, first, { event: 'injected', writes: [], pods: [], recoveryDeadline: 0 }),
        line(4, { kind: 'seen', scenario: 'kill', by: BEN }),
        line(50, { kind: 'session', day: DAY, adds: false, ...SESSION, session: 's2' }),
        line(51, { kind: 'lifted', receipts: [LEFT], ...lifted }),
        line(52, { kind: 'ended', scenario: 'kill', end: 'died', why: 'x' }),
        line(60, { kind: 'armed', scenario: 'kill', by: ANA }),
        line(61, { kind: 'run', scenario: 'kill', run: second, experiment: 'web-kill', path: 'kill.yaml' }),
        event(62, second, { event: 'injected', writes: [], pods: [], recoveryDeadline: 0 }),
        line(63, { kind: 'tripped', condition: 'probes', says: 's', value: 'v', limit: 'l', scenario: 'kill' }),
        line(64, { kind: 'ended', scenario: 'kill', end: 'aborted', why: 'x' }),
        line(65, { kind: 'outcome', scenario: 'kill', by: ANA, outcome: 'unsure' }),
      ],
    });
    if (typeof read === 'string') throw new Error(read);
    return read;
  };
  const { scenarios, day } = told({ remaining: 0, blind: 0 });
  expect(scenarios[0]).toMatchObject({
    verdict: 'Unfinished',
    residue: 0,
    reasons: [
      'its process died; when the day went on, what it left was reverted: ConfigMap shop/settings reverted, read back',
    ],
    tripped: [],
  });
  expect(scenarios[0]?.people).toBeUndefined();
  // Whoever watched it is gone: nothing is called not to have happened.
  expect(scenarios[0]?.moments.filter(({ at }) => at === undefined).every(({ isBlind }) => isBlind)).toBe(true);
  expect(scenarios[0]?.moments.find(({ id }) => id === 'T3')).toMatchObject({ afterMs: 1_000 });
  expect(scenarios[1]).toMatchObject({ tripped: [{ condition: 'probes' }], people: { outcome: 'unsure' } });
  expect(scenarios[1]?.moments.find(({ id }) => id === 'T3')?.at).toBeUndefined();
  const texts = findingsOf(scenarios, day).map(({ text }) => text);
  expect(texts.filter(text => text.includes('in 2 runs'))).toEqual([]);
  expect(texts.some(text => text.startsWith('the run has no end') && text.includes('process died;'))).toBe(false);
  // What could not be looked at is not called put back.
  expect(told({ remaining: 0, blind: 1 }).scenarios[0]?.residue).toBeUndefined();
  expect(told({ remaining: 1, blind: 0 }).scenarios[0]?.residue).toBe(1);
});
