import type { ObjectRef } from '../k8s/object.ts';
import { age } from '../text/duration.ts';
import type { Clean } from '../text/sanitise.ts';
import { revertsAt, type Seen } from './state.ts';

/** What following an applied experiment tells, in order; times are server time, milliseconds since the epoch. */
export type Happening =
  | { event: 'applied'; object: ObjectRef }
  | { event: 'phase'; phase: Clean; says: string }
  | { event: 'baseline'; passed: boolean; says: Clean }
  /** It is about to inject, or has: the framework writes the time down before the fault. Both clocks run from here. */
  | { event: 'begun'; injectedAt: number; ttlEnd?: number; observesUntil?: number; says: string }
  | { event: 'injected'; says: string }
  | { event: 'deadline'; clock: 'ttl' | 'recovery'; says: string }
  /** Its controller should have reverted it and has not. */
  | { event: 'overdue'; says: string }
  | { event: 'deleted'; says: string }
  | { event: 'note'; text: string };

export type Told = Happening & { at: number };

const PHASES: Readonly<Record<string, string>> = {
  Pending: 'a controller has it',
  SteadyStatePre: 'it looks whether the system is steady',
  Injecting: 'it injects',
  Observing: 'the fault is in, as far as it says',
  SteadyStatePost: 'it says that it has reverted the fault, and measures the recovery',
  Evaluating: 'it comes to a verdict',
  Complete: '',
  Aborted: '',
};

const iso = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** What is new in what is seen now. */
export function news(before: Seen | undefined, now: Seen): Happening[] {
  const isNew = <K extends keyof Seen>(key: K) => now[key] !== undefined && now[key] !== before?.[key];
  return [
    ...(now.before !== undefined && before?.before === undefined
      ? [{ event: 'baseline' as const, ...now.before }]
      : []),
    ...(now.writtenPhase !== '' && now.writtenPhase !== before?.writtenPhase
      ? [{ event: 'phase' as const, phase: now.phase, says: phaseWords(now) }]
      : []),
    ...(isNew('injectedAt') ? [begun(now)] : []),
    ...(isNew('injected') ? [{ event: 'injected' as const, says: now.injected ?? '' }] : []),
    ...(isNew('cleanupError') ? [{ event: 'note' as const, text: `its own revert failed: ${now.cleanupError}` }] : []),
    ...(isNew('message') && !now.isOver ? [{ event: 'note' as const, text: `${now.message}` }] : []),
    ...(now.isLeaving && before?.isLeaving !== true
      ? [
          {
            event: 'deleted' as const,
            says: `somebody deleted it, which aborts it${now.isHeld ? '; its controller reverts the fault before it lets go' : ''}`,
          },
        ]
      : []),
  ];
}

/** Old messages are told with the end, which has them among its reasons. */
const phaseWords = ({ writtenPhase, isOver }: Seen): string => (isOver ? '' : (PHASES[writtenPhase] ?? ''));

function begun(now: Seen): Happening {
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
