import type { Clock } from '../../host/clock.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Decision } from './classify.ts';

/** The decisions of a scan, so that a revert that follows at once need not read and decide again. */
export interface Decisions {
  keep(decision: Decision): void;
  /** The decision about this injection, if it is recent. */
  recent(finding: FoundInjection): Decision | undefined;
  /** The decision about this injection, of any age, if no other object was read for it. */
  ofItself(finding: FoundInjection): Decision | undefined;
}

/** Older decisions are not recent: the object is read again. */
const MAX_AGE_MS = 2_000;

/** Keeps each decision as long as its found injection is referenced. */
export function createDecisions(clock: Pick<Clock, 'monotonic'>): Decisions {
  const kept = new WeakMap<FoundInjection, { decision: Decision; at: number }>();
  return {
    keep(decision) {
      kept.set(decision.finding, { decision, at: clock.monotonic() });
    },
    recent(finding) {
      const known = kept.get(finding);
      return known !== undefined && clock.monotonic() - known.at <= MAX_AGE_MS ? known.decision : undefined;
    },
    ofItself(finding) {
      const decision = kept.get(finding)?.decision;
      return decision?.live.size === 0 ? decision : undefined;
    },
  };
}
