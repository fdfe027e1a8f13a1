import { noteWrite } from './guarded-run.ts';
import { createGuardianState, type GuardianDeps, type GuardianState, newRun } from './guardian-state.ts';
import { keepTime } from './keep-time.ts';
import type { FromOwner } from './message.ts';
import { watchOver } from './watch-over.ts';

export interface Guardian {
  receive(message: FromOwner): void;
  /** Call when the pipe has closed: the owner is gone. */
  ownerGone(): void;
  /** Call when the guardian must end: runs without an owner are reverted at once; what the cluster does not let it restore is left, and logged. */
  hurry(): void;
  /** Resolves when the owner is gone and nothing is left to guard. */
  readonly over: Promise<void>;
}

/** Guards the runs of one owner, and reverts the runs that the owner can no longer revert. */
export function createGuardian(deps: GuardianDeps): Guardian {
  const guarding = createGuardianState(deps);
  const { runs, reverts, circumstances, wakeUp } = guarding;
  void keepTime(guarding);
  return {
    over: guarding.over,
    receive(message) {
      guarding.owner.answered();
      if (message.is === 'guard') guard(guarding, message);
      else if (message.is === 'revert') void leaveToOwner(guarding, message);
      else if (message.is === 'over') runOver(guarding, message);
      else if (message.is === 'suspended' || message.is === 'resumed') noteSuspension(guarding, message);
    },
    ownerGone() {
      if (circumstances.ownerGone) return;
      circumstances.ownerGone = true;
      for (const [run, guarded] of runs) if (guarded.holder === 'guardian' && !reverts.has(run)) runs.delete(run);
      deps.log('owner gone', { runs: runs.size });
      wakeUp.wake();
      guarding.endIfDone();
    },
    hurry() {
      circumstances.hurry = true;
      circumstances.toldToEndAt ??= deps.clock.monotonic();
      deps.log('told to end', { runs: runs.size });
      wakeUp.wake();
    },
  };
}

/** Guards a run from its first announced write. */
function guard(guarding: GuardianState, message: Extract<FromOwner, { is: 'guard' }>): void {
  const { n, run } = message;
  const guarded = guarding.runs.get(run) ?? begin(guarding, message);
  const isTaken = guarded.holder === 'guardian';
  if (!isTaken) noteWrite(guarded, message.on);
  const why = 'the guardian took this run over while this process did not answer';
  guarding.deps.send(isTaken ? { is: 'no', n, why } : { is: 'yes', n });
}

function begin(guarding: GuardianState, message: Extract<FromOwner, { is: 'guard' }>) {
  const { run, type, experiment, dueInMs } = message;
  const guarded = newRun(guarding, message);
  guarding.deps.log('guarding', { run, type, experiment, dueInMs: Math.round(dueInMs) });
  guarding.deps.prepare(run);
  void watchOver(guarding, guarded);
  return guarded;
}

/** Leaves the revert to the owner; answers after a revert by the guardian, if one has begun, has ended. */
async function leaveToOwner({ deps, runs, reverts }: GuardianState, { n, run }: Extract<FromOwner, { is: 'revert' }>) {
  const guarded = runs.get(run);
  if (guarded?.holder === 'owner') guarded.holder = 'reverting';
  await reverts.get(run);
  deps.send({ is: 'yes', n });
}

function runOver({ deps, runs, wakeUp }: GuardianState, { run, residue }: Extract<FromOwner, { is: 'over' }>): void {
  const guarded = runs.get(run);
  if (!guarded) return;
  if (residue === 0 || guarded.holder === 'guardian') runs.delete(run);
  else guarded.holder = 'left';
  deps.log('over', { run, residue });
  wakeUp.wake();
}

function noteSuspension(
  { deps, runs, circumstances, wakeUp }: GuardianState,
  message: Extract<FromOwner, { is: 'suspended' | 'resumed' }>,
): void {
  circumstances.ownerSuspended = message.is === 'suspended';
  deps.log(message.is === 'suspended' ? 'owner suspended' : 'owner goes on', { runs: runs.size });
  wakeUp.wake();
  if (message.is === 'suspended') deps.send({ is: 'yes', n: message.n });
}
