import { leavesNothing } from '../../faults/recognition.ts';
import { type Receipt, withUpdated } from '../../injection/write/receipt.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { messageOf } from '../../text/message-of.ts';
import type { RevertedWrites, RevertRequest } from '../deps.ts';
import { takeSample } from '../observe/sample.ts';
import type { Injection, Reverted } from './outcome.ts';
import type { Prepared } from './prepared.ts';
import type { Run } from './run-state.ts';

/** The request to revert the writes of a run. */
export const revertRequest = (run: Run, prepared: Prepared, injection: Injection): RevertRequest => ({
  run: run.options.run,
  type: prepared.plan.type,
  written: injection.written,
  answers: injection.answers,
});

/** Reverts what was written and proves it. The signal that stopped the run does not stop it. Never throws. */
export async function revert(run: Run, prepared: Prepared, injection: Injection): Promise<Reverted> {
  const { deps, options } = run;
  // Not awaited: the revert must not wait for the disk.
  void run.phase('Reverting');
  const stopWaiting = () => {
    const left = injection.written.map(nameOf).join(', ');
    void run.emit({ event: 'note', text: `still reverting, not yet proven restored: ${left}` });
  };
  options.stopWaiting?.addEventListener('abort', stopWaiting);
  let reverted: Reverted = { receipts: [], residue: Math.max(1, injection.written.length), isByUs: false };
  try {
    const written = await deps.revert(revertRequest(run, prepared, injection));
    reverted = await noteReceipts(run, written);
    if (injection.isInjected && !reverted.isByUs) reverted = await withVisibleFault(run, prepared, reverted);
    await run.emit({ event: 'reverted', receipts: reverted.receipts, remaining: reverted.residue });
    return reverted;
  } catch (error) {
    await run.emit({
      event: 'note',
      text: `reverting failed: ${messageOf(error)}`,
    });
    return { ...reverted, residue: Math.max(1, injection.written.length) };
  } finally {
    options.stopWaiting?.removeEventListener('abort', stopWaiting);
  }
}

async function noteReceipts(run: Run, { receipts, remaining, blind }: RevertedWrites): Promise<Reverted> {
  const { deps, observed } = run;
  for (const receipt of receipts) await deps.journal.reverted(receipt).catch(() => undefined);
  observed.blind.push(...blind);
  const isByUs = receipts.some(receipt => receipt.outcome === 'reverted');
  if (isByUs) observed.timings.revertedAt = Math.round(deps.api.serverTime().now);
  return { receipts, residue: remaining, isByUs };
}

/** Compares at the very end, because somebody may have overwritten the originals while the system recovered. */
export async function compareOnceMore(
  run: Run,
  prepared: Prepared,
  injection: Injection,
  reverted: Reverted,
): Promise<Reverted> {
  const { deps } = run;
  if (reverted.receipts.length === 0) return reverted;
  const since = await deps
    .overwritten(revertRequest(run, prepared, injection), reverted.receipts)
    .catch((): Receipt[] => []);
  if (since.length === 0) return reverted;
  const residue = reverted.residue + since.filter(({ verified }) => !verified).length;
  for (const receipt of since) await deps.journal.reverted(receipt).catch(() => undefined);
  await run.emit({ event: 'reverted', receipts: since, remaining: residue });
  return { ...reverted, receipts: withUpdated(reverted.receipts, since), residue };
}

/**
 * A missing undo record does not prove that the fault is gone: somebody may have removed the annotations and left the
 * value. A fault whose effect is still proven counts as remaining.
 */
async function withVisibleFault(run: Run, prepared: Prepared, reverted: Reverted): Promise<Reverted> {
  if (leavesNothing(prepared.plan.type) || reverted.residue > 0) return reverted;
  const { effect } = await takeSample(run.deps.api, prepared.subject, prepared.plan, prepared.before, {
    afterRevert: true,
  });
  if (effect.state !== 'proven') return reverted;
  await run.emit({
    event: 'note',
    text: `the undo record is gone, but the fault is still there: ${effect.evidence.join('; ')}`,
  });
  return { ...reverted, residue: 1 };
}
