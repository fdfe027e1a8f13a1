import { leavesNothing } from '../../faults/recognition.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { RevertRequest } from '../deps.ts';
import { takeSample } from '../observe/sample.ts';
import type { Prepared } from './baseline.ts';
import { recover } from './recover.ts';
import type { Run } from './run-state.ts';

/** What lifting a run is about. */
export const liftRequest = (run: Run, prepared: Prepared): RevertRequest => ({
  run: run.options.run,
  type: prepared.plan.type,
  written: run.story.written,
  answers: run.story.answers,
});

/** Lifts what was written and proves it, then has the system watched as it comes back from us. Never sees the signal that stopped the run. */
export async function liftAndRecover(run: Run, prepared: Prepared): Promise<void> {
  const { deps, options, story } = run;
  // Nothing waits for the disk to have heard of it while a fault is due.
  void run.phase('Reverting');
  const insist = () => {
    const left = story.written.map(nameOf).join(', ');
    void run.emit({ event: 'note', text: `still reverting, not yet proven restored: ${left}` });
  };
  options.insist?.addEventListener('abort', insist);
  try {
    const lifted = await deps.lift(liftRequest(run, prepared));
    story.receipts = lifted.receipts;
    for (const receipt of lifted.receipts) await deps.journal.reverted(receipt).catch(() => undefined);
    story.residue = lifted.remaining;
    story.blind.push(...lifted.blind);
    if (lifted.receipts.some(receipt => receipt.outcome === 'reverted')) {
      story.timings.revertedAt = Math.round(deps.api.serverTime().now);
      if (!story.selfHealed) story.restoredBy = 'mayday';
    }
    if (story.injected && !lifted.receipts.some(receipt => receipt.outcome === 'reverted'))
      await lookForTheFault(run, prepared);
    await run.emit({ event: 'reverted', receipts: lifted.receipts, remaining: story.residue });
  } catch (error) {
    story.residue = Math.max(1, story.written.length);
    await run.emit({
      event: 'note',
      text: `reverting failed: ${error instanceof Error ? error.message : String(error)}`,
    });
  } finally {
    options.insist?.removeEventListener('abort', insist);
  }
  if (story.injected && !story.interrupted) await recover(run, prepared);
}

/** A record that is gone does not prove that the fault is: whoever strips annotations may leave the value. What still shows, remains. */
async function lookForTheFault(run: Run, prepared: Prepared): Promise<void> {
  const { deps, story } = run;
  if (leavesNothing(prepared.plan.type) || story.residue > 0) return;
  const { effect } = await takeSample(deps.api, prepared.subject, prepared.plan, prepared.before, {
    afterRevert: true,
  });
  if (effect.state !== 'proven') return;
  story.residue = 1;
  await run.emit({
    event: 'note',
    text: `the undo record is gone, but the fault is still there: ${effect.evidence.join('; ')}`,
  });
}
