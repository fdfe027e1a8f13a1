import { age } from '../text/duration.ts';
import type { ApplyEvent } from './event.ts';
import { type AppliedState, revertsAt } from './state.ts';

/** The framework's controller checks TTLs every 30 s and then reverts; this leaves some time for the revert. */
export const LATE_MS = 45_000;

/** The events that follow from the passing of time alone: a deadline is over, or the controller is late with its revert. */
export function overdueEvents(seen: AppliedState, now: number): ApplyEvent[] {
  if (seen.state !== 'live' && seen.state !== 'stuck') return [];
  const { ttlEnd, observesUntil } = seen;
  const end = revertsAt(seen);
  return [
    ...(ttlEnd !== undefined && now >= ttlEnd
      ? [
          {
            event: 'deadline' as const,
            clock: 'ttl' as const,
            says: 'TTL over: its controller reverts now, up to 30s late',
          },
        ]
      : []),
    ...(observesUntil !== undefined && now >= observesUntil
      ? [
          {
            event: 'deadline' as const,
            clock: 'recovery' as const,
            says: 'its observation time is over: its controller reverts now',
          },
        ]
      : []),
    ...(end !== undefined && now >= end + LATE_MS
      ? [
          {
            event: 'overdue' as const,
            says: `OVERDUE: its controller should have reverted the fault ${age(now - end)} ago and has not; does it still run?`,
          },
        ]
      : []),
  ];
}
