import { nameOf } from '../k8s/object-ref.ts';
import type { RunReverted } from '../revert/run-writes.ts';
import { type GuardedRun, type Move, nextMove } from './guarded-run.ts';
import type { GuardianState } from './guardian-state.ts';
import { revertUntilDone } from './revert-retry.ts';

/** After this many attempts, about half a minute, a notice says that the fault is still in the cluster. */
const TRIES_BEFORE_NOTICE = 12;
/** How long to wait before an owner that answered, but has not reverted, is asked again, milliseconds. */
const CHECK_EACH_MS = 1_000;

/** Watches one run until its owner has ended it, and reverts it if the owner does not. */
export async function watchOver(guarding: GuardianState, guarded: GuardedRun): Promise<void> {
  const { deps, runs, wakeUp } = guarding;
  for (;;) {
    if (runs.get(guarded.run) !== guarded) return;
    const move = await decide(guarding, guarded);
    if (move.is === 'revert') return takeOver(guarding, guarded, move.why);
    if (move.is === 'wait') await wakeUp.sleep(move.ms);
    if (move.is === 'ready') {
      guarded.isReady = true;
      deps.prefetch(guarded);
    }
    guarded.watch.correct();
  }
}

async function decide({ circumstances, owner }: GuardianState, guarded: GuardedRun): Promise<Move> {
  const move = nextMove(guarded, circumstances);
  if (move.is !== 'ask') return move;
  if (await owner.answers()) return { is: 'wait', ms: CHECK_EACH_MS };
  // Meanwhile the owner may have died, or announced its revert.
  return nextMove(guarded, circumstances).is === 'ask'
    ? { is: 'revert', why: 'its time is up and its process does not answer' }
    : { is: 'wait', ms: 0 };
}

function takeOver(guarding: GuardianState, guarded: GuardedRun, why: string): void {
  const { deps, runs, reverts, circumstances, wakeUp } = guarding;
  const { run, type } = guarded;
  guarded.holder = 'guardian';
  const lateMs = Math.round((guarded.watch.elapsed() - guarded.dueMs) * 10) / 10;
  deps.log('reverting', { run, type, why, lateMs });
  const reverting = revertUntilDone({
    longestMs: deps.retryForMs,
    clock: deps.clock,
    sleep: ms => wakeUp.sleep(ms),
    toldToEndAt: () => circumstances.toldToEndAt,
    random: deps.random,
    revert: () => deps.revert(guarded),
    tried: (reverted, tries) => {
      deps.log('tried', { run, tries, ...tryFacts(reverted) });
      if (!(reverted instanceof Error)) deps.notices?.tried(run, reverted);
      if (tries === TRIES_BEFORE_NOTICE) deps.notices?.stillIn(guarded);
    },
  })
    .then(async end => {
      deps.log(
        end,
        end === 'reverted' ? { run } : { run, mayBeLeft: guarded.written.map(nameOf), advice: 'mayday revert --all' },
      );
      deps.notices?.ended(guarded, end);
      await deps.ended(guarded, end);
    })
    .catch((error: unknown) => deps.log('broken', { run, why: String(error) }))
    .finally(() => {
      reverts.delete(run);
      // A running owner must still get the answer `no` for further writes of this run.
      if (circumstances.ownerGone) runs.delete(run);
      guarding.endIfDone();
    });
  reverts.set(run, reverting);
}

function tryFacts(reverted: RunReverted | Error): Record<string, unknown> {
  if (reverted instanceof Error) return { broken: reverted.message };
  const { remaining, blind, receipts } = reverted;
  return {
    remaining,
    ...(blind.length > 0 ? { blind } : {}),
    receipts: receipts.map(({ id, outcome, verified, message }) => ({ id, outcome, verified, message })),
  };
}
