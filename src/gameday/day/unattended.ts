import type { Clock } from '../../host/clock.ts';
import type { Verdict } from '../../run/event.ts';
import type { By, Outcome } from '../journal/record.ts';
import type { EndedScenario, Human } from './human.ts';
import { STOPPED_ITEM } from './stopped-item.ts';

const BY_VERDICT: Record<Verdict, Outcome['outcome']> = {
  Resilient: 'passed',
  Degraded: 'failed',
  Failed: 'failed',
  Inconclusive: 'unsure',
};
const WORST_FIRST: readonly Outcome['outcome'][] = ['failed', 'unsure', 'passed'];

/** The outcome of a scenario from its verdicts alone, where nobody is asked. */
export function outcomeOf({ end, results, seenBy, alert }: EndedScenario): Outcome {
  const detectedBy = seenBy ?? (alert === undefined ? undefined : `alert ${alert}`);
  const found = results.map(({ verdict }) => BY_VERDICT[verdict]);
  const worst = WORST_FIRST.find(one => found.includes(one)) ?? 'unsure';
  const isOver = end === 'done' && results.length > 0;
  return {
    outcome: isOver ? worst : 'unsure',
    ...(detectedBy === undefined ? {} : { detected: true, detectedBy }),
  };
}

/** How long the cluster may take to become healthy before the next scenario, by the clock of experiments. */
const SETTLE_MS = 120_000;
const CHECK_EVERY_MS = 5_000;
const BY_HAND_MS = 60_000;

/** What an unattended day may do. */
export interface UnattendedOptions {
  /** Go on after an abort condition tripped, once the safety check allows it again. */
  goOn: boolean;
  unlatch(): Promise<boolean>;
}

/** Answers in place of people: goes on as soon as the safety check allows it, skips a scenario for which it does not, and takes outcomes from the verdicts. */
export function unattended(clock: Clock, by: By, options: UnattendedOptions): Human {
  const since = new Map<string, number>();
  return {
    async next({ scenario }, { ok, items }, signal) {
      if (ok) return 'go';
      if (items.some(item => item.name === STOPPED_ITEM && !item.ok))
        return options.goOn && (await options.unlatch()) ? 'check' : 'stop';
      const began = since.get(scenario.name) ?? clock.monotonic();
      since.set(scenario.name, began);
      if (clock.monotonic() - began >= SETTLE_MS) return 'skip';
      await clock.sleep(CHECK_EVERY_MS, signal).catch(() => undefined);
      return signal.aborted ? 'stop' : 'check';
    },
    byHand: ({ scenario }, signal) => clock.sleep(scenario.watchFor ?? BY_HAND_MS, signal).catch(() => undefined),
    outcome: async (_, ended) => ({ ...outcomeOf(ended), by, auto: true }),
  };
}
