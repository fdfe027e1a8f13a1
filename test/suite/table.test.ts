import { expect, test } from 'vitest';
import type { SuiteEvent, SuiteEventBody } from '../../src/suite/event.ts';
import type { JournalEntry } from '../../src/suite/journal.ts';
import { suiteLine } from '../../src/suite/line.ts';
import { tableLines } from '../../src/suite/table.ts';
import { viewAfter, viewOf } from '../../src/suite/view.ts';
import { UNICODE } from '../../src/text/glyphs.ts';
import { width } from '../../src/text/width.ts';

const AT = Date.UTC(2026, 10, 21, 12);
const entry = (key: string): JournalEntry => ({
  key,
  path: `${key}.yaml`,
  file: `/${key}.yaml`,
  sha256: key,
  experiment: key,
  type: 'ConfigDrift',
  operator: 'kserve',
  tier: 2,
  round: 1,
});
const event = (happening: SuiteEventBody): SuiteEvent => ({ at: AT, suite: 's', ...happening });
const LEFT = { waiting: 1, running: 1, longestMs: 600_000 };
const END = {
  run: 'r',
  verdict: 'Degraded' as const,
  reasons: ['nobody healed it'],
  exitCode: 3,
  residue: 0,
  restoredBy: 'mayday',
  recoveryMs: 4_200,
};

const seen = (happenings: SuiteEventBody[], keys = ['first', 'second', 'third']) =>
  happenings.map(event).reduce(viewAfter, viewOf(keys.map(entry), new Map()));

const ROOM = { columns: 100, rows: 24, now: AT + 65_000, speed: 1, glyphs: UNICODE };

test('the table shows what ended and how, the fault that is in and when it goes, and what is left', () => {
  const view = seen([
    { event: 'started', key: 'first', left: LEFT },
    { event: 'finished', key: 'first', left: LEFT, ...END },
    { event: 'started', key: 'second', left: LEFT },
    { event: 'run', key: 'second', of: { at: AT, run: 'q', event: 'phase', phase: 'Observing' } },
    {
      event: 'run',
      key: 'second',
      of: {
        at: AT,
        run: 'q',
        event: 'injected',
        writes: [],
        pods: [],
        ttlDeadline: AT + 300_000,
        recoveryDeadline: AT + 120_000,
      },
    },
  ]);
  const lines = tableLines(view, ROOM);
  expect(lines[1]).toMatch(/^! {2}first +DEGRADED +recovery 4\.2s, restored by mayday, nobody healed it$/);
  expect(lines[2]).toMatch(/^► {2}second +Observing +fault in for 1:05, out in 3:55 at most$/);
  expect(lines[3]).toMatch(/^◦ {2}third +waiting$/);
  expect(lines.at(-1)).toContain('1 of 3 done, 1 running, 1 waiting  at most 8m55s left');
});

test('the time left is told in the time of people where the cluster is faster', () => {
  const lines = tableLines(seen([{ event: 'started', key: 'first', left: LEFT }]), { ...ROOM, now: AT, speed: 20 });
  expect(lines.at(-1)).toContain('at most 30s left');
});

test('it fits whatever the room, and what runs is always there', () => {
  const keys = Array.from({ length: 60 }, (_, index) => `experiment-with-a-long-name-${index}`);
  const view = seen([{ event: 'started', key: keys[40] ?? '', left: LEFT }], keys);
  for (const [columns, rows] of [
    [80, 24],
    [200, 50],
    [40, 8],
  ] as const) {
    const lines = tableLines(view, { ...ROOM, columns, rows });
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map(width))).toBeLessThanOrEqual(columns);
    expect(lines.some(line => line.includes('steady?'))).toBe(true);
  }
});

test('a hostile name draws nothing of its own', () => {
  const lines = tableLines(seen([], ['a\u001b[2Jb']), ROOM);
  expect(lines.join('')).not.toContain('\u001b');
});

test('residue is loud, in the table and in the line', () => {
  const end: SuiteEventBody = { event: 'finished', key: 'first', left: LEFT, ...END, residue: 2 };
  expect(tableLines(seen([end]), ROOM)[1]).toMatch(/^✗ {2}first +DEGRADED +2 REMAIN/);
  expect(suiteLine(event(end), { total: 3, speed: 1, utc: true })).toBe(
    '12:00:00  DEGRADED      first  2 REMAIN, recovery 4.2s, restored by mayday, nobody healed it   1 of 3 done, at most 10m left',
  );
});
