import { expect, test } from 'vitest';
import type { GuardedRun } from '../../src/guardian/guarded-run.ts';
import { guardianNotices, reaperNotices } from '../../src/guardian/notices.ts';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import type { Notice } from '../../src/notify/notice.ts';
import type { RunReverted } from '../../src/revert/run-writes.ts';

const PLACE = { context: 'lab', user: 'alice', host: 'laptop', now: () => 1_000 };
const RUN = { run: 'r1', experiment: 'drift', type: 'ConfigDrift' } as GuardedRun;
const receipt = (outcome: Receipt['outcome'], id = 'a'): Receipt => ({
  id,
  type: 'ConfigDrift',
  object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' },
  outcome,
  verified: outcome === 'reverted',
  requests: 1,
  ms: 1,
  message: 'the value is s3cret',
});
const reverted = (remaining: number, ...receipts: Receipt[]) =>
  ({ remaining, receipts, blind: [] }) as unknown as RunReverted;

function listening() {
  const told: Notice[] = [];
  return { told, tell: (notice: Notice) => void told.push(notice), kinds: () => told.map(({ kind }) => kind) };
}

test('what the guardian put back is told once, with what it was of and nothing of any value', () => {
  const { told, tell, kinds } = listening();
  const teller = guardianNotices(tell, PLACE);
  teller.tried('r1', reverted(1, receipt('failed')));
  teller.tried('r1', reverted(0, receipt('reverted')));
  teller.ended(RUN, 'reverted');
  expect(kinds()).toEqual(['reverted']);
  expect(told[0]).toMatchObject({
    isBad: false,
    run: 'r1',
    experiment: 'drift',
    text: 'the guardian in lab: drift (ConfigDrift): 1 injection dealt with, 0 remain',
  });
  expect(JSON.stringify(told)).not.toContain('s3cret');
});

test('a fault that the guardian cannot take out is told as residue, while it goes on and at its end', () => {
  const { told, tell, kinds } = listening();
  const teller = guardianNotices(tell, PLACE);
  // No try has given anything but an error: what remains is at least the fault.
  teller.stillIn(RUN);
  expect(kinds()).toEqual(['residue']);
  teller.tried('r1', reverted(1, receipt('diverged')));
  teller.ended(RUN, 'person');
  expect(kinds()).toEqual(['residue', 'reverted', 'residue']);
  expect(told.every(({ isBad }) => isBad)).toBe(true);
  expect(new Set(told.map(({ id }) => id)).size).toBe(3);
});

test('the reaper tells a failure once and not at each of its rounds, and its success when it comes', () => {
  const { tell, told, kinds } = listening();
  const teller = reaperNotices(tell, PLACE);
  teller([receipt('failed')]);
  teller([receipt('failed')]);
  expect(kinds()).toEqual(['reverted', 'residue']);
  teller([receipt('failed'), receipt('reverted', 'b')]);
  expect(told.at(-1)).toMatchObject({
    kind: 'reverted',
    isBad: false,
    facts: { objects: ['ConfigMap/settings reverted'] },
  });
  teller([receipt('reverted')]);
  expect(kinds()).toEqual(['reverted', 'residue', 'reverted', 'reverted']);
  teller([]);
  expect(told).toHaveLength(4);
});
