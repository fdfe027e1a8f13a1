import { firstHumanWrite } from './attribution.ts';
import type { Prepared } from './baseline.ts';
import { type Stopwatch, startStopwatch } from './clocks.ts';
import { harmed, lookAtBystanders } from './collateral.ts';
import { firstWarning } from './detection.ts';
import type { CheckResult, CheckState } from './event.ts';
import { combined } from './evidence.ts';
import { restorers } from './healing.ts';
import { objectsOf, type Sample, takeSample } from './sample.ts';
import { recoveredAfter } from './steady.ts';
import type { Run } from './story.ts';
import { type Look, observeWindow, type WindowEnd } from './window.ts';

/** Types that leave nothing behind to lift: once done they are over. */
const NOTHING_TO_LIFT = new Set(['PodKill']);

/**
 * Watches with the fault on, until the system has settled, the recovery time is over, or the TTL says that the fault must go.
 * Self-heal: settled means the checks hold and the fault's change is gone without us. Survive: the checks hold while its effect is proven;
 * a soak time of that is enough, the rest of the TTL is not waited out.
 */
export async function observeUnderFault(run: Run, prepared: Prepared): Promise<void> {
  const { story } = run;
  const { watch } = story;
  if (!watch || !prepared.changes) return;
  story.expects = prepared.expects;
  await run.phase('Observing');
  const eye = makeEye(run, prepared, { afterRevert: false, offsetMs: 0 });
  let unseenSince = 0;
  let healer: string | undefined;
  const end = await observeWindow({
    watch,
    changes: prepared.changes,
    soakMs: prepared.soakMs,
    deadlineMs: prepared.recoveryMs,
    ...(prepared.ttlMs === undefined ? {} : { hardDeadlineMs: prepared.ttlMs }),
    signal: run.stop,
    clock: run.deps.clock,
    async look(atMs, signal): Promise<Look> {
      const sample = await eye.see(atMs, signal);
      await noteEffect(run, sample, atMs);
      if (story.effect.state !== 'absent') unseenSince = atMs;
      const state = stateUnderFault(run, prepared, sample);
      const healed = state === 'pass' && prepared.expects === 'self-heal';
      if (healed) healer ??= restorers(story.injectedSample ?? sample, sample, prepared.before, watch.startedAt);
      return { state, hopeless: story.effect.state === 'absent' && atMs - unseenSince >= prepared.soakMs };
    },
  });
  await tellEnd(run, prepared, end);
  story.checksUnderFault = story.checks;
  // What is proven and healed left its state, seen or not; what is survived may never have.
  const recoveryMs = prepared.expects === 'self-heal' ? end.steadiness.since : recoveredAfter(end.steadiness);
  story.underFault = {
    settled: end.settled,
    soakedMs: end.steadiness.forMs,
    ...(recoveryMs === undefined ? {} : { recoveryMs }),
  };
  story.selfHealed = end.settled && prepared.expects === 'self-heal';
  if (story.selfHealed) {
    story.restoredBy = healer ?? 'unknown';
    story.timings.healedAt = watch.at(end.steadiness.since ?? end.afterMs);
  }
  if (end.settled) {
    story.timings.recoveryMs = recoveryMs ?? 0;
    story.timings.stableAt = watch.at(end.afterMs);
    await run.emit({
      event: 'recovered',
      afterMs: recoveryMs ?? 0,
      by: story.restoredBy,
      selfHealed: story.selfHealed,
    });
  }
}

/** Lifts what was written, proves it, then watches the system come back from us. Never sees the signal that stopped the run. */
export async function liftAndRecover(run: Run, prepared: Prepared): Promise<void> {
  const { deps, options, story } = run;
  await run.phase('Reverting');
  const insist = () => {
    const left = story.written
      .map(ref => `${ref.kind} ${ref.namespace ? `${ref.namespace}/` : ''}${ref.name}`)
      .join(', ');
    void run.emit({ event: 'note', text: `still reverting, not yet proven restored: ${left}` });
  };
  options.insist?.addEventListener('abort', insist);
  try {
    const lifted = await deps.lift({
      run: options.run,
      type: prepared.plan.type,
      written: story.written,
    });
    story.receipts = lifted.receipts;
    for (const receipt of lifted.receipts) await deps.journal.reverted(receipt).catch(() => undefined);
    story.residue = lifted.remaining;
    story.blind.push(...lifted.blind);
    if (lifted.receipts.some(receipt => receipt.outcome === 'reverted')) {
      story.timings.revertedAt = Math.round(deps.api.serverTime().now);
      if (!story.selfHealed) story.restoredBy = 'mayday';
    }
    await run.emit({ event: 'reverted', receipts: lifted.receipts, remaining: lifted.remaining });
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

/** The recovery clock, restarted at the revert. A system that had settled by itself, and lost nothing to us, is looked at once more only. */
async function recover(run: Run, prepared: Prepared): Promise<void> {
  const { deps, story } = run;
  if (!story.watch || !prepared.changes) return;
  await run.phase('SteadyStatePost');
  const sinceRevert = startStopwatch(deps.clock, () => deps.api.serverTime());
  const offsetMs = story.watch.elapsed();
  const eye = makeEye(run, prepared, { afterRevert: true, offsetMs });
  const proven = story.selfHealed && (story.underFault?.soakedMs ?? 0) >= prepared.soakMs;
  const end = await observeWindow({
    watch: sinceRevert,
    changes: prepared.changes,
    soakMs: proven ? 0 : prepared.soakMs,
    deadlineMs: prepared.recoveryMs,
    signal: run.stop,
    clock: deps.clock,
    async look(atMs, signal) {
      const sample = await eye.see(offsetMs + atMs, signal);
      return { state: combined([...sample.checks, ...sample.evidence]) };
    },
  });
  if (end.ended === 'deadline')
    await run.emit({ event: 'deadline', clock: 'recovery', afterMs: offsetMs + end.afterMs });
  const sinceLift = recoveredAfter(end.steadiness);
  story.afterRevert = { settled: end.settled, ...(sinceLift === undefined ? {} : { recoveryMs: sinceLift }) };
  if (end.settled) await tellRecovery(run, prepared, eye.last, { end, offsetMs, since: sinceRevert });
  await lookForHarm(run, prepared, eye.last);
}

/** What the recovery after the lift means: ours, or, where there was nothing to lift, late but its own. */
async function tellRecovery(
  run: Run,
  prepared: Prepared,
  last: Sample | undefined,
  when: { end: WindowEnd; offsetMs: number; since: Stopwatch },
): Promise<void> {
  const { story } = run;
  const { end, offsetMs, since } = when;
  story.timings.stableAt = since.at(end.afterMs);
  if (story.underFault?.settled) return;
  story.timings.recoveryMs = recoveredAfter(end.steadiness) ?? 0;
  if (NOTHING_TO_LIFT.has(prepared.plan.type) && last) {
    story.selfHealed = true;
    story.restoredBy = restorers(story.injectedSample ?? last, last, prepared.before, story.watch?.startedAt ?? 0);
    story.timings.healedAt = since.at(end.steadiness.since ?? end.afterMs);
    story.timings.recoveryMs = offsetMs + (end.steadiness.since ?? 0);
  }
  await run.emit({
    event: 'recovered',
    afterMs: story.timings.recoveryMs,
    by: story.restoredBy,
    selfHealed: story.selfHealed,
  });
}

async function lookForHarm(run: Run, prepared: Prepared, last: Sample | undefined): Promise<void> {
  const { deps, story } = run;
  if (prepared.bystanders && !('blind' in prepared.bystanders)) {
    const now = await lookAtBystanders(deps.api, prepared.namespaces, prepared.isTarget, run.stop);
    story.collateral = harmed(prepared.bystanders, now);
    if ('blind' in now) story.blind.push(now.blind);
  }
  const watched = last ? objectsOf(last) : [];
  if (story.watch) {
    const detectedAt = await firstWarning(
      deps.api,
      prepared.namespaces,
      [...watched.map(object => object.metadata.name), prepared.plan.target.name],
      story.watch.startedAt,
    );
    if (detectedAt !== undefined) story.timings.detectedAt = detectedAt;
  }
  const engagedAt = last && story.watch ? firstHumanWrite(watched, story.watch.startedAt) : undefined;
  if (engagedAt !== undefined) story.timings.engagedAt = engagedAt;
}

/** Takes samples and tells every flip of every check since the baseline. */
function makeEye(run: Run, prepared: Prepared, when: { afterRevert: boolean; offsetMs: number }) {
  const { story, deps } = run;
  const eye = {
    last: undefined as Sample | undefined,
    async see(atMs: number, signal: AbortSignal): Promise<Sample> {
      const sample = await takeSample(deps.api, prepared.subject, prepared.plan, prepared.before, {
        afterRevert: when.afterRevert,
        signal,
      });
      signal.throwIfAborted();
      eye.last = sample;
      await tellFlips(run, [...story.checks, ...story.evidence], [...sample.checks, ...sample.evidence], atMs);
      story.checks = sample.checks;
      story.evidence = sample.evidence;
      return sample;
    },
  };
  return eye;
}

async function tellFlips(run: Run, before: CheckResult[], now: CheckResult[], atMs: number): Promise<void> {
  const was = new Map(before.map(check => [check.name, check.state]));
  for (const check of now) {
    const from = was.get(check.name) ?? 'pass';
    if (from === check.state) continue;
    if (check.state === 'fail') run.story.timings.firstSymptomAt ??= run.story.watch?.at(atMs) ?? 0;
    await run.emit({ event: 'check', check, from, afterMs: atMs });
  }
}

/** Proven once is proven; what the cluster shows later is whether the fault is still there. */
async function noteEffect(run: Run, sample: Sample, atMs: number): Promise<void> {
  const { story } = run;
  if (story.effect.state === 'proven') return;
  const changed = sample.effect.state !== story.effect.state;
  story.effect = sample.effect;
  if (sample.effect.state === 'proven') {
    story.timings.effectProvenAt = story.watch?.at(atMs) ?? 0;
    story.injectedSample = sample;
  }
  if (changed || sample.effect.state === 'proven') await run.emit({ event: 'effect', ...sample.effect, afterMs: atMs });
}

/** How a moment under the fault counts. A system whose checks fail is not steady; one whose fault is not proven yet cannot be judged. */
function stateUnderFault(run: Run, prepared: Prepared, sample: Sample): CheckState {
  const seen = combined([...sample.checks, ...sample.evidence]);
  if (seen === 'fail') return 'fail';
  if (run.story.effect.state !== 'proven') return 'blind';
  if (prepared.expects === 'survive' || NOTHING_TO_LIFT.has(prepared.plan.type)) return seen;
  return sample.effect.state === 'absent' ? seen : 'fail';
}

async function tellEnd(run: Run, prepared: Prepared, end: WindowEnd): Promise<void> {
  if (end.ended === 'hard-deadline') await run.emit({ event: 'deadline', clock: 'ttl', afterMs: end.afterMs });
  if (end.ended === 'deadline') await run.emit({ event: 'deadline', clock: 'recovery', afterMs: end.afterMs });
  if (end.settled && prepared.expects === 'survive') {
    const ttl = prepared.ttlMs === undefined ? '' : `; the rest of the TTL is not waited out`;
    await run.emit({
      event: 'note',
      text: `steady for the soak time with the fault proven: that counts as survived${ttl}`,
    });
  }
}
