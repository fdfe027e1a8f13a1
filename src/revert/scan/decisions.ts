import type { Clock } from '../../host/clock.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Decision } from './classify.ts';

/** What a scan decided about its findings, so that a revert that follows at once need not read and decide it again. */
export interface Decisions {
  keep(decision: Decision): void;
  /** What was decided about this very finding, if it was a moment ago. */
  recent(finding: FoundInjection): Decision | undefined;
  /** What was decided about this very finding, whenever it was, if it was decided from the finding alone: nothing else was read for it. */
  ofItself(finding: FoundInjection): Decision | undefined;
}

/** What was read longer ago than this is read again. */
const HOLDS_MS = 2_000;

/** Keeps decisions as long as somebody keeps the findings that they are about. */
export function createDecisions(clock: Pick<Clock, 'monotonic'>): Decisions {
  const kept = new WeakMap<FoundInjection, { decision: Decision; at: number }>();
  return {
    keep(decision) {
      kept.set(decision.finding, { decision, at: clock.monotonic() });
    },
    recent(finding) {
      const known = kept.get(finding);
      return known !== undefined && clock.monotonic() - known.at <= HOLDS_MS ? known.decision : undefined;
    },
    ofItself(finding) {
      const decision = kept.get(finding)?.decision;
      return decision?.live.size === 0 ? decision : undefined;
    },
  };
}
