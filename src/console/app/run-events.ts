import type { LoadedExperiment } from '../../experiment/types.ts';
import type { RunEvent, Verdict } from '../../run/event.ts';
import type { RunView } from '../store/state.ts';
import type { Tone } from '../widgets/line.ts';

/** A run as it is shown before its first event. */
export const firstView = (
  { experiment: { metadata, spec } }: LoadedExperiment,
  { key, target, startedAt }: Pick<RunView, 'key' | 'target' | 'startedAt'>,
): RunView => ({
  key,
  experiment: metadata.name,
  type: spec.injection.type,
  target,
  phase: 'Pending',
  startedAt,
  recoveryMs: spec.hypothesis.recoveryTimeoutMs,
  recoversFrom: 'injection',
  isReverted: false,
  isGuarded: false,
  effect: undefined,
  evidence: '',
  checks: [],
});

/** Phases show beside their fault, and open gates were shown on the plan: the stream is for what is new. */
export const isNews = (event: RunEvent): boolean => event.event !== 'phase' && (event.event !== 'gate' || !event.ok);

/** The reason in the verdict of a run that a user stopped. */
export const STOPPED_HERE = 'stopped from the console';

/** The reason of a verdict that says that the run was interrupted. A user who pressed the key reads that the key did it. */
function interruptedBy({
  reasons: [first = ''],
}: Extract<RunEvent, { event: 'verdict' }>): Pick<RunView, 'interrupted'> {
  const why = /^interrupted(?:: )?(.*)/s.exec(first)?.[1];
  return why === undefined ? {} : { interrupted: why === STOPPED_HERE ? 'by you' : why };
}

/** The changes of a run's state that follow from an event. */
export function changeBy(run: RunView, event: RunEvent): Partial<RunView> {
  if (run.endedAt !== undefined) return {};
  switch (event.event) {
    case 'phase':
      return { phase: event.phase };
    case 'injected':
      return {
        injectedAt: event.at,
        recoveryDeadline: event.recoveryDeadline,
        recoveryMs: event.recoveryDeadline - event.at,
        effect: 'pending',
        ...(event.ttlDeadline !== undefined && { ttlDeadline: event.ttlDeadline }),
      };
    case 'baseline':
      return { checks: event.checks };
    case 'check':
      return { checks: [...run.checks.filter(({ name }) => name !== event.check.name), event.check] };
    case 'effect':
      return { effect: event.state, evidence: event.evidence.join('; ') };
    case 'guard':
      return { isGuarded: event.on };
    case 'recovered':
      // A fault that healed by itself is timed from the injection, whenever that was seen.
      return { recoveredAfterMs: event.afterMs, ...(event.selfHealed ? { recoversFrom: 'injection' } : {}) };
    case 'reverted':
      return {
        isReverted: event.remaining === 0,
        residue: event.remaining,
        recoveryDeadline: event.at + run.recoveryMs,
        // From here on the system recovers from our revert, unless it had recovered before or there was nothing to
        // restore.
        ...(run.recoveredAfterMs === undefined && event.receipts.length > 0 ? { recoversFrom: 'revert' } : {}),
      };
    case 'verdict':
      return { verdict: event.verdict, residue: event.residue, ...interruptedBy(event) };
    default:
      return {};
  }
}

const VERDICT_TONES: Record<Verdict, Tone> = { Resilient: 'ok', Degraded: 'warn', Failed: 'bad', Inconclusive: 'warn' };
const EFFECT_TONES = { proven: 'ok', pending: 'warn', absent: 'bad' } as const;
const CHECK_TONES = { pass: 'ok', fail: 'warn', blind: 'bad' } as const;

/** What distinguishes a line of the stream from its neighbours, beside its words. */
export function toneOf(event: RunEvent): Tone {
  switch (event.event) {
    case 'phase':
      return 'title';
    case 'injected':
      return 'chaos';
    case 'effect':
      return EFFECT_TONES[event.state];
    case 'check':
      return CHECK_TONES[event.check.state];
    case 'verdict':
      return VERDICT_TONES[event.verdict];
    case 'guard':
      return event.on ? 'plain' : 'warn';
    case 'recovered':
      return 'ok';
    case 'deadline':
      return 'warn';
    case 'note':
      return 'plain';
    default:
      return isGood(event) ? 'plain' : 'bad';
  }
}

function isGood(event: Extract<RunEvent, { event: 'gate' | 'baseline' | 'reverted' }>): boolean {
  if (event.event === 'gate') return event.ok;
  return event.event === 'baseline' ? event.passed : event.remaining === 0;
}
