import { describe, expect, it } from 'vitest';
import { EXIT, type ExitCode } from '../../../src/cli/failure.ts';
import { fleetCode, fleetJson, fleetLines, rowOf } from '../../../src/cli/fleet/report.ts';
import { sanitise } from '../../../src/text/sanitise.ts';

const answer = (context: string, code: ExitCode, value?: unknown, failure?: string) => ({
  context,
  code,
  ms: 12.4,
  text: '',
  stderr: '',
  ...(value === undefined ? {} : { value }),
  ...(failure === undefined ? {} : { failure: sanitise(failure) }),
});
const says = (command: string, value: unknown) => rowOf(command, answer('c', 0, value)).says;

describe('what a cluster comes to in the table', () => {
  it.each([
    ['scan', { injections: [{ overdueSeconds: 5 }, {}], blind: [] }, '2 injections, 1 overdue'],
    ['scan', { injections: [{}], blind: [{ resource: 'pods' }] }, '1 injection, 1 BLIND'],
    [
      'revert',
      { receipts: [{ verified: true }, { verified: false }], remaining: 1, blind: [] },
      '1 remain, 1 of 2 verified',
    ],
    // A second look that failed knows no number.
    [
      'revert',
      { receipts: [], remaining: null, blind: [{}] },
      'how many remain is not known, 0 of 0 verified, 1 BLIND',
    ],
    ['latch', { latched: true, by: 'alice@laptop' }, 'latch ON by alice@laptop'],
    [
      'triage',
      {
        roots: [{ severity: 'warn' }, { severity: 'high', rule: 'pod/crash-loop', summary: 'web crashes' }],
        gates: [{ status: 'BLIND' }],
      },
      'pod/crash-loop: web crashes, 1 gate BLIND',
    ],
    ['triage', { roots: [], gates: [{ status: 'BLIND' }] }, 'nothing is broken in what could be read, 1 gate BLIND'],
    [
      'status',
      { kinds: [{ kind: 'pods', status: 'ok', failing: 0 }], triage: { status: 'PASS', failing: 0 } },
      'nothing found',
    ],
    [
      'status',
      {
        kinds: [
          { kind: 'pods', status: 'FAIL', failing: 2 },
          { kind: 'leases', status: 'BLIND', failing: 0 },
        ],
        triage: { status: 'FAIL', failing: 2, worst: { rule: 'pod/crash-loop', summary: 'web crashes' } },
        injections: 1,
        unseen: [{ kind: 'secrets' }],
      },
      '2 root causes, first pod/crash-loop: web crashes, 2 pods failing, leases BLIND, injections BLIND in 1 kind, 1 injection',
    ],
    ['triage', { roots: [], gates: [{ status: 'PASS' }] }, 'nothing is broken'],
  ])('of %s', (command, value, words) => {
    expect(says(command, value)).toBe(words);
  });
});

it('puts the most severe first, counts those without a result, and ends as the most severe', () => {
  const answers = [
    answer('fine', EXIT.done, { latched: false }),
    answer('left', EXIT.residue, { latched: false }),
    answer('dead', EXIT.unreachable, undefined, 'no answer'),
    answer('\u001b[31mred', EXIT.broken, { latched: false }),
  ];
  const lines = fleetLines('latch', answers);
  expect(lines.map(line => line.split(' ')[0])).toEqual([
    'CONTEXT',
    'left',
    'dead',
    expect.stringContaining('red'),
    'fine',
    '4',
  ]);
  expect(lines.join('')).not.toContain('\u001b');
  expect(lines.at(-1)).toBe('4 clusters, 1 without a result');
  expect(fleetCode(answers)).toBe(7);
  expect(fleetCode(answers.slice(2))).toBe(8);
  expect(fleetJson('latch', answers).summary).toEqual({ total: 4, withoutResult: 1, exit: 7 });
});

it('puts the cluster with more that is wrong before one with less, where both end alike', () => {
  const scanned = (context: string, count: number) =>
    answer(context, EXIT.done, { injections: Array(count).fill({}), blind: [] });
  const order = (command: string, ...answers: Parameters<typeof fleetLines>[1]) =>
    fleetLines(command, answers)
      .slice(1, -1)
      .map(line => line.split(' ')[0]);
  expect(order('scan', scanned('none', 0), scanned('one', 1), scanned('many', 27), scanned('also-none', 0))).toEqual([
    'many',
    'one',
    'none',
    'also-none',
  ]);
  const status = (context: string, failing: number) =>
    answer(context, EXIT.done, { kinds: [{ failing }], triage: { failing } });
  expect(order('status', status('fine', 0), status('broken', 2))).toEqual(['broken', 'fine']);
});

it('says of a cluster that answers, but not to us, that somebody must sign in', () => {
  const expired = { ...answer('expired', EXIT.unreachable, undefined, 'Unauthorized'), word: 'NOT SIGNED IN' };
  expect(rowOf('scan', expired).says).toBe('NOT SIGNED IN  Unauthorized');
});
