import type { Effect, Live } from '../../faults/contract.ts';
import { leavesNothing } from '../../faults/recognition.ts';
import type { Stopwatch } from '../clocks.ts';
import type { CheckState } from '../event.ts';
import { combined } from '../observe/evidence.ts';
import { restorers } from '../observe/healing.ts';
import { measuredEffect } from '../observe/measured-latency.ts';
import type { Sample } from '../observe/sample.ts';
import { createSampler } from '../observe/sampler.ts';
import { recoveredAfter } from '../observe/steady.ts';
import { type Observation, observeWindow, type WindowEnd } from '../observe/window.ts';
import { effectOfAnswers } from './answers.ts';
import { changesOf } from './baseline.ts';
import type { Injection, UnderFault } from './outcome.ts';
import type { Prepared } from './prepared.ts';
import { revertRequest } from './revert.ts';
import type { Run } from './run-state.ts';

/**
 * Observes the system with the fault in, until it has settled, the recovery time is over, or the TTL is reached. For
 * `self-heal`, settled means that the checks pass and somebody other than mayday has undone the fault. For `survive`, it
 * means that the checks pass for a whole soak time while the fault's effect is proven; then the run does not wait for
 * the TTL.
 */
export async function observeUnderFault(run: Run, prepared: Prepared, injection: Injection): Promise<UnderFault> {
  const { observed } = run;
  const { watch } = injection;
  await run.phase('Observing');
  const answered = effectOfAnswers(prepared, injection.answers);
  if (answered) await proveEffect(run, answered, { atMs: watch.elapsed(), watch });
  const sampler = createSampler(run, prepared, { afterRevert: false, watch });
  let unseenSince = 0;
  let healer: string | undefined;
  const end = await observeWindow({
    watch,
    changes: changesOf(prepared),
    soakMs: prepared.soakMs,
    deadlineMs: prepared.recoveryMs,
    ...(prepared.ttlMs === undefined ? {} : { hardDeadlineMs: prepared.ttlMs }),
    beforeHardDeadline: () => run.deps.prefetch?.(revertRequest(run, prepared, injection)),
    signal: run.stop,
    clock: run.deps.clock,
    async observe(atMs, signal): Promise<Observation> {
      const sample = await sampler.takeSample(atMs, signal);
      await noteEffect(run, prepared, sample, { watch, signal });
      if (observed.effect.state !== 'absent') unseenSince = atMs;
      const state = await stateIfRestored(run, prepared, injection, stateUnderFault(run, prepared, sample));
      const healed = state === 'pass' && prepared.expects === 'self-heal';
      if (healed)
        healer ??= restorers(observed.injectedLive ?? sample.live, sample.live, prepared.before, watch.startedAt);
      return { state, final: observed.effect.state === 'absent' && atMs - unseenSince >= prepared.soakMs };
    },
  });
  emitEnd(run, prepared, end);
  const { checks } = observed;
  // If the fault was proven and then healed, the system must have left its baseline, even if no sample shows it. A
  // system that survived need not have left it.
  const recoveryMs = prepared.expects === 'self-heal' ? end.steadiness.since : recoveredAfter(end.steadiness);
  const selfHealed = end.settled && prepared.expects === 'self-heal';
  const healedBy = selfHealed ? (healer ?? 'unknown') : undefined;
  if (selfHealed) observed.timings.healedAt = watch.at(end.steadiness.since ?? end.afterMs);
  if (end.settled) {
    observed.timings.recoveryMs = recoveryMs ?? 0;
    observed.timings.stableAt = watch.at(end.afterMs);
    const by = healedBy ?? 'nobody';
    void run.emit({ event: 'recovered', afterMs: recoveryMs ?? 0, by, selfHealed });
  }
  return {
    settled: end.settled,
    soakedMs: end.steadiness.forMs,
    ...(recoveryMs === undefined ? {} : { recoveryMs }),
    checks,
    ...(healedBy === undefined ? {} : { healedBy }),
  };
}

/** Notes the effect until it is proven; later samples only show whether the fault is still there. */
async function noteEffect(
  run: Run,
  { plan, subject }: Prepared,
  sample: Sample,
  { watch, signal }: { watch: Stopwatch; signal: AbortSignal },
): Promise<void> {
  const { observed, deps } = run;
  if (observed.effect.state === 'proven') return;
  const effect = await measuredEffect(deps, subject, plan, sample.effect, signal);
  const atMs = watch.elapsed();
  if (effect.state === 'proven') return proveEffect(run, { effect, live: sample.live }, { atMs, watch });
  const isNews = effect.state !== observed.effect.state;
  observed.effect = effect;
  if (isNews) await run.emit({ event: 'effect', ...effect, afterMs: atMs });
}

async function proveEffect(
  run: Run,
  { effect, live }: { effect: Effect; live: Live },
  { atMs, watch }: { atMs: number; watch: Stopwatch },
): Promise<void> {
  const { observed } = run;
  observed.effect = effect;
  observed.injectedLive = live;
  observed.timings.effectProvenAt = watch.at(atMs);
  await run.emit({ event: 'effect', ...effect, afterMs: atMs });
}

/**
 * For faults that a healthy system undoes, it is not enough that the injected value is gone: the original must be there.
 */
async function stateIfRestored(
  run: Run,
  prepared: Prepared,
  injection: Injection,
  state: CheckState,
): Promise<CheckState> {
  const { deps, observed } = run;
  if (state !== 'pass' || prepared.expects !== 'self-heal') return state;
  const { away, blind } = await deps.notRestored(revertRequest(run, prepared, injection));
  const isNews = away.join() !== observed.notRestored.join();
  observed.notRestored = away;
  if (isNews && away.length > 0)
    void run.emit({
      event: 'note',
      text: `the injected value is gone, but the original is not there: ${away.join('; ')}`,
    });
  if (away.length > 0) return 'fail';
  return blind.length > 0 ? 'blind' : state;
}

/** The state of one sample under the fault. It is `blind` while the fault is not proven, because the system cannot be judged yet. */
function stateUnderFault(run: Run, prepared: Prepared, sample: Sample): CheckState {
  const seen = combined([...sample.checks, ...sample.evidence]);
  if (seen === 'fail') return 'fail';
  if (run.observed.effect.state !== 'proven') return 'blind';
  if (prepared.expects === 'survive' || leavesNothing(prepared.plan.type)) return seen;
  return sample.effect.state === 'absent' ? seen : 'fail';
}

/** Emits how the window ended. Not awaited, because the revert may be due and must not wait for the disk. */
function emitEnd(run: Run, prepared: Prepared, end: WindowEnd): void {
  if (end.ended === 'hard-deadline') void run.emit({ event: 'deadline', clock: 'ttl', afterMs: end.afterMs });
  if (end.ended === 'deadline') void run.emit({ event: 'deadline', clock: 'recovery', afterMs: end.afterMs });
  if (end.settled && prepared.expects === 'survive') {
    const ttl = prepared.ttlMs === undefined ? '' : `; the run does not wait for the rest of the TTL`;
    void run.emit({
      event: 'note',
      text: `steady for the soak time with the fault proven: that counts as survived${ttl}`,
    });
  }
}
