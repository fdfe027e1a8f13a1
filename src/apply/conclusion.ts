import { EXIT_OF_VERDICT } from '../run/verdict/result.ts';
import { age } from '../text/duration.ts';
import { own } from '../text/own.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import type { End } from './end.ts';
import type { Remains } from './remains.ts';

/** The result of an applied experiment. */
export interface Conclusion {
  /** The verdict that the controller wrote; undefined where it wrote none. mayday never makes one up. */
  verdict?: Clean;
  phase?: Clean;
  /** The verdict, or a word that says why there is none. */
  outcome: string;
  reasons: string[];
  remains?: Remains;
  exitCode: number;
}

/**
 * The controller's verdict and the result of the scan afterwards, with the exit code that `mayday run` has for the same. Residue, and what is not
 * known to be without residue, takes precedence over every verdict.
 */
export function concludeApplied(end: End, remains: Remains | undefined): Conclusion {
  const withoutScan = conclusionWithoutScan(end);
  const { seen } = end;
  const isClean = remains === undefined || remains.state === 'none';
  // Before it has injected there is nothing that the scan could have missed.
  const isHarmless = remains?.state === 'blind' && seen !== undefined && seen.injectedAt === undefined && !seen.isHeld;
  return {
    ...withoutScan,
    ...(seen === undefined || seen.writtenPhase === '' ? {} : { phase: seen.phase }),
    ...(remains === undefined ? {} : { remains }),
    exitCode: isClean || isHarmless ? withoutScan.exitCode : 7,
  };
}

function conclusionWithoutScan(end: End): Pick<Conclusion, 'verdict' | 'outcome' | 'reasons' | 'exitCode'> {
  const { seen } = end;
  if (end.is === 'gone')
    return {
      outcome: 'DELETED',
      reasons: [
        `it no longer exists${seen === undefined ? '' : `; last seen in phase ${seen.phase}`}: deleting one aborts it`,
      ],
      exitCode: 6,
    };
  if (end.is === 'nobody')
    return {
      outcome: 'NOT ACCEPTED',
      reasons: ['no controller has accepted it yet, so there is no verdict'],
      exitCode: 5,
    };
  if (end.is !== 'over') return { outcome: 'LEFT', reasons: ['no longer followed'], exitCode: 5 };
  const { verdict, phase, reasons, injectedAt, cleanupError, before } = end.seen;
  const given = [
    ...(cleanupError === undefined ? [] : [`its own revert failed: ${cleanupError}`]),
    ...reasons,
    ...(before?.passed === false ? [`not steady before: ${before.says}`] : []),
  ];
  if (phase === 'Aborted')
    return {
      ...(verdict === undefined ? {} : { verdict }),
      outcome: 'ABORTED',
      reasons: given.length > 0 ? given : ['its controller gave no reason'],
      exitCode: injectedAt === undefined ? 5 : 6,
    };
  if (verdict === undefined)
    return { outcome: 'NO VERDICT', reasons: ['its controller named no verdict', ...given], exitCode: 5 };
  return {
    verdict,
    outcome: verdict.toUpperCase(),
    reasons: given,
    exitCode: own(EXIT_OF_VERDICT, verdict) ?? EXIT_OF_VERDICT.Inconclusive,
  };
}

/** A warning that no controller has taken the experiment, and what happens to it. */
export function notAccepted(acceptMs: number, namespace: string): Clean {
  return sanitise(
    `not accepted yet: no controller has taken it within ${age(acceptMs)}; does the framework's controller run, and does it watch namespace ${namespace}? It stays, and injects as soon as one takes it`,
    500,
  );
}
