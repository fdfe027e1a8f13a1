import { expect, test } from 'vitest';
import type { Happened } from '../../src/gameday/journal/record.ts';
import { readDayParts } from '../../src/report/sources/read.ts';
import { diskOf, STATE, T0 } from './support.ts';

const ANA = { name: 'Ana', role: 'owner' } as const;
const BEN = { name: 'Ben', role: 'reporter' } as const;
const SESSION = {
  session: 's1',
  by: ANA,
  user: 'admin',
  host: 'desk',
  pid: 1,
  version: 'test',
  context: 'lab',
  server: 'https://lab.example',
  clusterUid: 'u',
};
const DAY = '20261121-120000000-00000d';
const line = (seconds: number, happened: Happened): string =>
  JSON.stringify({ v: 1, at: T0 + seconds * 1_000, ...happened });
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
  const plan = {
    apiVersion: 'mayday.dev/v1alpha1',
    kind: 'GameDay',
    metadata: { name: 'autumn' },
    spec: {
      objective: 'learn',
      scope: { namespaces: ['shop'] },
      people: [
        { name: 'Ana', role: 'owner' },
        { name: 'Cleo', role: 'observer' },
      ],
      agenda: [
        { name: 'the door', byHand: 'close it', hypothesis: 'nobody notices' },
        { name: 'everything', suite: 'all' },
        { name: 'the window', byHand: 'break it', hypothesis: 'somebody notices' },
      ],
    },
  };
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
