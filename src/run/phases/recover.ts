import { leavesNothing } from '../../faults/recognition.ts';
import { type Stopwatch, startStopwatch } from '../clocks.ts';
import { firstHumanWrite } from '../observe/attribution.ts';
import { harmed, newlyUnread, readBystanders } from '../observe/collateral.ts';
import { firstWarning } from '../observe/detection.ts';
import { combined } from '../observe/evidence.ts';
import { restorers } from '../observe/healing.ts';
import { objectsOf, type Sample } from '../observe/sample.ts';
import { createSampler } from '../observe/sampler.ts';
import { recoveredAfter } from '../observe/steady.ts';
import { observeWindow, type WindowEnd } from '../observe/window.ts';
import { changesOf } from './baseline.ts';
import type { Injection, Recovered, Reverted, UnderFault } from './outcome.ts';
import type { Prepared } from './prepared.ts';
import type { Run } from './run-state.ts';

/** The results of the earlier phases. */
interface Before {
  injection: Injection;
  underFault: UnderFault | undefined;
  reverted: Reverted;
}

/**
 * Observes the recovery after the revert. A system that had healed by itself under the fault is only checked once more.
 */
export async function recover(run: Run, prepared: Prepared, before: Before): Promise<Recovered> {
  const { deps } = run;
  const { watch } = before.injection;
  const changes = changesOf(prepared);
  await run.phase('SteadyStatePost');
  const sinceRevert = startStopwatch(deps.clock, () => deps.api.serverTime());
  const offsetMs = watch.elapsed();
  const sampler = createSampler(run, prepared, { afterRevert: true, watch });
  const { healedBy, soakedMs = 0 } = before.underFault ?? {};
  const proven = healedBy !== undefined && soakedMs >= prepared.soakMs;
  const end = await observeWindow({
    watch: sinceRevert,
    changes,
    soakMs: proven ? 0 : prepared.soakMs,
    deadlineMs: prepared.recoveryMs,
    signal: run.stop,
    clock: deps.clock,
    async observe(atMs, signal) {
      const sample = await sampler.takeSample(offsetMs + atMs, signal);
      return { state: combined([...sample.checks, ...sample.evidence]) };
    },
  });
  if (end.ended === 'deadline')
    await run.emit({ event: 'deadline', clock: 'recovery', afterMs: offsetMs + end.afterMs });
  const recoveryMs = recoveredAfter(end.steadiness);
  const healer = end.settled
    ? await emitRecovery(run, prepared, sampler.last, before, { end, offsetMs, since: sinceRevert })
    : undefined;
  const collateral = await assessHarm(run, prepared, sampler.last, watch);
  return {
    settled: end.settled,
    ...(recoveryMs === undefined ? {} : { recoveryMs }),
    ...(healer === undefined ? {} : { healedBy: healer }),
    collateral,
  };
}

/**
 * Emits who restored the system after the revert: mayday, or, if there was nothing to revert, the system itself. Returns
 * who healed it in that case.
 */
async function emitRecovery(
  run: Run,
  prepared: Prepared,
  last: Sample | undefined,
  { injection, underFault, reverted }: Before,
  when: { end: WindowEnd; offsetMs: number; since: Stopwatch },
): Promise<string | undefined> {
  const { observed } = run;
  const { timings } = observed;
  const { end, offsetMs, since } = when;
  timings.stableAt = since.at(end.afterMs);
  if (underFault?.settled) return undefined;
  timings.recoveryMs = recoveredAfter(end.steadiness) ?? 0;
  let healer: string | undefined;
  if (leavesNothing(prepared.plan.type) && last) {
    const injected = observed.injectedLive ?? last.live;
    healer = restorers(injected, last.live, prepared.before, injection.watch.startedAt);
    timings.healedAt = since.at(end.steadiness.since ?? end.afterMs);
    timings.recoveryMs = offsetMs + (end.steadiness.since ?? 0);
  }
  const by = healer ?? (reverted.isByUs ? 'mayday' : 'nobody');
  await run.emit({ event: 'recovered', afterMs: timings.recoveryMs, by, selfHealed: healer !== undefined });
  return healer;
}

/** Notes when the cluster detected the fault and when a person stepped in. Returns the objects outside the target that were harmed. */
async function assessHarm(run: Run, prepared: Prepared, last: Sample | undefined, watch: Stopwatch): Promise<string[]> {
  const { deps, observed } = run;
  let collateral: string[] = [];
  if (prepared.bystanders) {
    const now = await readBystanders(deps.api, prepared, run.stop);
    collateral = harmed(prepared.bystanders, now);
    observed.blind.push(...newlyUnread(prepared.bystanders, now));
  }
  const watched = last ? objectsOf(last) : [];
  const names = [...watched.map(object => object.metadata.name), prepared.plan.target.name];
  const detectedAt = await firstWarning(deps.api, prepared.namespaces, names, watch.startedAt);
  if (detectedAt !== undefined) observed.timings.detectedAt = detectedAt;
  const engagedAt = last ? firstHumanWrite(watched, watch.startedAt) : undefined;
  if (engagedAt !== undefined) observed.timings.engagedAt = engagedAt;
  return collateral;
}
