import { EXIT_OF_VERDICT } from '../run/verdict/result.ts';
import { age } from '../text/duration.ts';
import { own } from '../text/own.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import type { End } from './follow.ts';
import type { Remains } from './remains.ts';

/** What an applied experiment comes to. */
export interface Conclusion {
  /** The controller's word; undefined where it gave none. Never ours. */
  verdict?: Clean;
  phase?: Clean;
  /** In a word: the verdict, or why there is none. */
  outcome: string;
  reasons: string[];
  remains?: Remains;
  exitCode: number;
}

/**
 * The controller's verdict and what a look afterwards showed, with the exit code that `mayday run` has for the same: residue, or what is not
 * known to be none, outranks every verdict.
 */
export function concludeApplied(end: End, remains: Remains | undefined): Conclusion {
  const bare = withoutRemains(end);
  const { seen } = end;
  const isClean = remains === undefined || remains.state === 'none';
  // Before it has injected there is nothing of it that a look could have missed.
  const isHarmless = remains?.state === 'blind' && seen !== undefined && seen.injectedAt === undefined && !seen.isHeld;
  return {
    ...bare,
    ...(seen === undefined || seen.writtenPhase === '' ? {} : { phase: seen.phase }),
    ...(remains === undefined ? {} : { remains }),
    exitCode: isClean || isHarmless ? bare.exitCode : 7,
  };
}

function withoutRemains(end: End): Pick<Conclusion, 'verdict' | 'outcome' | 'reasons' | 'exitCode'> {
  const { seen } = end;
  if (end.is === 'gone')
    return {
      outcome: 'DELETED',
      reasons: [
        `it is not there any more${seen === undefined ? '' : `; last seen in phase ${seen.phase}`}: deleting one aborts it`,
      ],
      exitCode: 6,
    };
  if (end.is === 'nobody')
    return { outcome: 'NOT ACCEPTED', reasons: ['accepted by nobody yet: this is no verdict'], exitCode: 5 };
  if (end.is !== 'over') return { outcome: 'LEFT', reasons: ['no longer followed'], exitCode: 5 };
  const { verdict, phase, reasons, injectedAt, cleanupError, before } = end.seen;
  const told = [
    ...(cleanupError === undefined ? [] : [`its own revert failed: ${cleanupError}`]),
    ...reasons,
    ...(before?.passed === false ? [`not steady before: ${before.says}`] : []),
  ];
  if (phase === 'Aborted')
    return {
      ...(verdict === undefined ? {} : { verdict }),
      outcome: 'ABORTED',
      reasons: told.length > 0 ? told : ['its controller gave no reason'],
      exitCode: injectedAt === undefined ? 5 : 6,
    };
  if (verdict === undefined)
    return { outcome: 'NO VERDICT', reasons: ['its controller named no verdict', ...told], exitCode: 5 };
  return {
    verdict,
    outcome: verdict.toUpperCase(),
    reasons: told,
    exitCode: own(EXIT_OF_VERDICT, verdict) ?? EXIT_OF_VERDICT.Inconclusive,
  };
}

/** Why nobody seems to have taken it, and what becomes of it. */
export function notAccepted(acceptMs: number, namespace: string): Clean {
  return sanitise(
    `accepted by nobody yet: no controller has taken it within ${age(acceptMs)}; does the framework's controller run, and does it watch namespace ${namespace}? It stays, and injects as soon as one takes it`,
    500,
  );
}
