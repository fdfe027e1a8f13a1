import type { FaultType } from '../../../src/faults/types.ts';
import type { GuardedRun } from '../../../src/guardian/guarded-run.ts';
import { createGuardian, type Guardian } from '../../../src/guardian/guardian.ts';
import type { FromGuardian } from '../../../src/guardian/message.ts';
import type { Clock } from '../../../src/host/clock.ts';
import type { Receipt } from '../../../src/injection/write/receipt.ts';
import type { RunReverted } from '../../../src/revert/run-writes.ts';
import { configRef } from '../../run/support/lab.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';

const receipt = (outcome: Receipt['outcome'], verified: boolean): Receipt => ({
  id: 'ConfigDrift:shop/ConfigMap/settings',
  type: 'ConfigDrift',
  object: configRef,
  outcome,
  verified,
  requests: 3,
  ms: 1,
  message: outcome,
});
export const REVERTED: RunReverted = { receipts: [receipt('reverted', true)], remaining: 0, blind: [], found: [] };
export const UNREACHABLE: RunReverted = {
  receipts: [],
  remaining: 1,
  blind: ['ConfigMap shop/settings: unreachable'],
  found: [],
};
export const DIVERGED: RunReverted = { receipts: [receipt('diverged', false)], remaining: 1, blind: [], found: [] };

export interface Post {
  guardian: Guardian;
  clock: FakeClock;
  said: FromGuardian[];
  /** Virtual milliseconds at which each revert was tried, by run. */
  reverts: { run: string; at: number; written: string[] }[];
  /** When each run was said to be about to be reverted. */
  readied: { run: string; at: number }[];
  ends: { run: string; end: string }[];
  logged: { event: string; [fact: string]: unknown }[];
  /** The owner announces a write of a run. */
  announce(run: string, dueInMs: number, more?: { name?: string; type?: FaultType; n?: number }): void;
  /** Resolves at this virtual time, counted from the start. */
  at(ms: number): Promise<void>;
  isOver(): boolean;
}

/** A guardian with a clock of its own, and reverting that gives what it is told to. */
export function post(
  options: {
    atOnce?: boolean;
    revert?: (guarded: GuardedRun, tries: number, clock: Clock) => RunReverted | Promise<RunReverted>;
    /** Added to wall clock and server time: what a machine that sleeps does not count. */
    slept?: () => number;
  } = {},
): Post {
  const clock = fakeClock();
  const slept = options.slept ?? (() => 0);
  const wall: Clock = { ...clock, now: () => clock.now() + slept() };
  const said: FromGuardian[] = [];
  const reverts: Post['reverts'] = [];
  const readied: Post['readied'] = [];
  const ends: Post['ends'] = [];
  const logged: Post['logged'] = [];
  let over = false;
  const guardian = createGuardian({
    clock: wall,
    random: () => 1,
    serverTime: () => ({ now: wall.now(), known: true }),
    probe: () => Promise.resolve(true),
    prepare: () => undefined,
    prefetch: guarded => void readied.push({ run: guarded.run, at: clock.monotonic() }),
    revert: async guarded => {
      reverts.push({ run: guarded.run, at: clock.monotonic(), written: guarded.written.map(ref => ref.name) });
      return (await options.revert?.(guarded, reverts.length, clock)) ?? REVERTED;
    },
    ended: async ({ run }, end) => void ends.push({ run, end }),
    send: message => void said.push(message),
    log: (event, facts) => void logged.push({ event, ...facts }),
    atOnce: options.atOnce ?? false,
    retryForMs: 24 * 3_600_000,
  });
  void guardian.over.then(() => {
    over = true;
  });
  return {
    guardian,
    clock,
    said,
    reverts,
    readied,
    ends,
    logged,
    announce: (run, dueInMs, { name = 'settings', type = 'ConfigDrift', n = 1 } = {}) =>
      guardian.receive({ is: 'guard', n, run, type, experiment: 'lab', on: { ...configRef, name }, dueInMs }),
    at: ms => clock.sleep(ms - clock.monotonic()),
    isOver: () => over,
  };
}
