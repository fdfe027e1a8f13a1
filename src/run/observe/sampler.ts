import type { Stopwatch } from '../clocks.ts';
import type { CheckResult } from '../event.ts';
import type { Prepared } from '../phases/prepared.ts';
import type { Run } from '../phases/run-state.ts';
import { type Sample, takeSample } from './sample.ts';

/** Takes samples of the system during one window. */
export interface Sampler {
  last?: Sample;
  /** Takes one sample and emits its changes. `atMs` counts from the injection. Throws when the signal aborts. */
  takeSample(atMs: number, signal: AbortSignal): Promise<Sample>;
}

/** Takes samples and emits every change of a check since the baseline. `watch` counts from the injection. */
export function createSampler(run: Run, prepared: Prepared, when: { afterRevert: boolean; watch: Stopwatch }): Sampler {
  const { observed, deps } = run;
  const sampler: Sampler = {
    async takeSample(atMs, signal) {
      const sample = await takeSample(deps.api, prepared.subject, prepared.plan, prepared.before, {
        afterRevert: when.afterRevert,
        signal,
      });
      signal.throwIfAborted();
      sampler.last = sample;
      const before = [...observed.checks, ...observed.evidence];
      await emitChanges(run, before, [...sample.checks, ...sample.evidence], { atMs, at: when.watch.at(atMs) });
      observed.checks = sample.checks;
      observed.evidence = sample.evidence;
      return sample;
    },
  };
  return sampler;
}

async function emitChanges(
  run: Run,
  before: CheckResult[],
  now: CheckResult[],
  when: { atMs: number; at: number },
): Promise<void> {
  const was = new Map(before.map(check => [check.name, check.state]));
  for (const check of now) {
    const from = was.get(check.name) ?? 'pass';
    if (from === check.state) continue;
    if (check.state === 'fail') run.observed.timings.firstSymptomAt ??= when.at;
    await run.emit({ event: 'check', check, from, afterMs: when.atMs });
  }
}
