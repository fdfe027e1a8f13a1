import { leavesNothing } from '../../faults/recognition.ts';
import { type Stopwatch, startStopwatch } from '../clocks.ts';
import { firstHumanWrite } from '../observe/attribution.ts';
import { harmed, lookAtBystanders } from '../observe/collateral.ts';
import { firstWarning } from '../observe/detection.ts';
import { combined } from '../observe/evidence.ts';
import { restorers } from '../observe/healing.ts';
import { objectsOf, type Sample } from '../observe/sample.ts';
import { createSampler } from '../observe/sampler.ts';
import { recoveredAfter } from '../observe/steady.ts';
import { observeWindow, type WindowEnd } from '../observe/window.ts';
import type { Prepared } from './baseline.ts';
import type { Run } from './run-state.ts';

/** The recovery clock, restarted at the revert. A system that had settled by itself, and lost nothing to us, is looked at once more only. */
export async function recover(run: Run, prepared: Prepared): Promise<void> {
  const { deps, story } = run;
  if (!story.watch || !prepared.changes) return;
  await run.phase('SteadyStatePost');
  const sinceRevert = startStopwatch(deps.clock, () => deps.api.serverTime());
  const offsetMs = story.watch.elapsed();
  const sampler = createSampler(run, prepared, { afterRevert: true });
  const proven = story.selfHealed && (story.underFault?.soakedMs ?? 0) >= prepared.soakMs;
  const end = await observeWindow({
    watch: sinceRevert,
    changes: prepared.changes,
    soakMs: proven ? 0 : prepared.soakMs,
    deadlineMs: prepared.recoveryMs,
    signal: run.stop,
    clock: deps.clock,
    async look(atMs, signal) {
      const sample = await sampler.see(offsetMs + atMs, signal);
      return { state: combined([...sample.checks, ...sample.evidence]) };
    },
  });
  if (end.ended === 'deadline')
    await run.emit({ event: 'deadline', clock: 'recovery', afterMs: offsetMs + end.afterMs });
  const sinceLift = recoveredAfter(end.steadiness);
  story.afterRevert = { settled: end.settled, ...(sinceLift === undefined ? {} : { recoveryMs: sinceLift }) };
  if (end.settled) await tellRecovery(run, prepared, sampler.last, { end, offsetMs, since: sinceRevert });
  await lookForHarm(run, prepared, sampler.last);
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
  if (leavesNothing(prepared.plan.type) && last) {
    story.selfHealed = true;
    story.restoredBy = restorers(
      story.injectedLive ?? last.live,
      last.live,
      prepared.before,
      story.watch?.startedAt ?? 0,
    );
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

/** Who else was hurt, who noticed first, and when a person stepped in. */
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
