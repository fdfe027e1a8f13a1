import { expect, it } from 'vitest';
import type { DayEntry } from '../../src/gameday/journal/record.ts';
import { dayLine } from '../../src/gameday/line.ts';

const FACTS = { experiment: 'x', recoveryTimeoutMs: 60_000 };
const lifted = (remaining: number, blind: number): string =>
  dayLine({ kind: 'lifted', v: 1, at: 0, receipts: [], remaining, blind } satisfies DayEntry, FACTS) ?? '';

it('says that nothing was left only where everything was looked at', () => {
  expect(lifted(0, 0)).toContain('nothing was left in the cluster   0 remain');
  expect(lifted(0, 2)).toContain('nothing was reverted   0 remain, blind to 2');
  expect(lifted(1, 0)).toContain('nothing was reverted   1 remain');
});

it('names the experiment of each line where several runs go on side by side', () => {
  const entry: DayEntry = {
    kind: 'event',
    scenario: 's',
    v: 1,
    at: 0,
    event: { at: 0, run: 'r', event: 'note', text: 'hello' },
  };
  expect(dayLine(entry, FACTS)).not.toContain('(x)');
  expect(dayLine(entry, { ...FACTS, isOneOfSeveral: true })).toMatch(/hello {3}\(x\)$/);
});
