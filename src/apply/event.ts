import type { ObjectRef } from '../k8s/object.ts';
import { age } from '../text/duration.ts';
import type { Clean } from '../text/sanitise.ts';
import { type AppliedState, revertsAt } from './state.ts';

/** An event of an applied experiment; times are server time, milliseconds since the epoch. */
export type ApplyEvent =
  | { event: 'applied'; object: ObjectRef }
  | { event: 'phase'; phase: Clean; says: string }
  | { event: 'baseline'; passed: boolean; says: Clean }
  /** The controller injects: the framework records this time before it writes the fault. TTL and observation count from here. */
  | { event: 'begun'; injectedAt: number; ttlEnd?: number; observesUntil?: number; says: string }
  | { event: 'injected'; says: string }
  | { event: 'deadline'; clock: 'ttl' | 'recovery'; says: string }
  /** The controller should have reverted the fault and has not. */
  | { event: 'overdue'; says: string }
  | { event: 'deleted'; says: string }
  | { event: 'note'; text: string };

export type TimedApplyEvent = ApplyEvent & { at: number };

const PHASES: Readonly<Record<string, string>> = {
  Pending: 'a controller has taken it',
  SteadyStatePre: 'it checks whether the system is steady',
  Injecting: 'it injects',
  Observing: 'its controller says that the fault is in',
  SteadyStatePost: 'it says that it has reverted the fault, and measures the recovery',
  Evaluating: 'it decides the verdict',
  Complete: '',
  Aborted: '',
};

const iso = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** The events that lead from the state `before` to the state `now`. */
export function eventsBetween(before: AppliedState | undefined, now: AppliedState): ApplyEvent[] {
  const isNew = <K extends keyof AppliedState>(key: K) => now[key] !== undefined && now[key] !== before?.[key];
  return [
    ...(now.before !== undefined && before?.before === undefined
      ? [{ event: 'baseline' as const, ...now.before }]
      : []),
    ...(now.writtenPhase !== '' && now.writtenPhase !== before?.writtenPhase
      ? [{ event: 'phase' as const, phase: now.phase, says: phaseText(now) }]
      : []),
    ...(isNew('injectedAt') ? [begun(now)] : []),
    ...(isNew('injected') ? [{ event: 'injected' as const, says: now.injected ?? '' }] : []),
    ...(isNew('cleanupError') ? [{ event: 'note' as const, text: `its own revert failed: ${now.cleanupError}` }] : []),
    ...(isNew('message') && !now.isOver ? [{ event: 'note' as const, text: `${now.message}` }] : []),
    ...(now.isBeingDeleted && before?.isBeingDeleted !== true
      ? [
          {
            event: 'deleted' as const,
            says: `somebody deleted it, which aborts it${now.isHeld ? '; its controller reverts the fault before it removes its finalizer' : ''}`,
          },
        ]
      : []),
  ];
}

/** The text for a phase. None at the end, whose reasons have the messages already. */
const phaseText = ({ writtenPhase, isOver }: AppliedState): string => (isOver ? '' : (PHASES[writtenPhase] ?? ''));

function begun(now: AppliedState): ApplyEvent {
  const { injectedAt = 0, ttlEnd, observesUntil } = now;
  const end = revertsAt(now);
  const ttl = ttlEnd === undefined ? 'no TTL' : `TTL ${age(ttlEnd - injectedAt)} ends ${iso(ttlEnd)}Z`;
  const observe =
    observesUntil === undefined ? '' : `, observed ${age(observesUntil - injectedAt)} until ${iso(observesUntil)}Z`;
  return {
    event: 'begun',
    injectedAt,
    ...(ttlEnd === undefined ? {} : { ttlEnd }),
    ...(observesUntil === undefined ? {} : { observesUntil }),
    says: `${now.type}  ${ttl}${observe}${end === undefined ? '' : `; its controller reverts it at the earlier, up to 30s late`}`,
  };
}
