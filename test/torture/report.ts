import type { Death } from './boundaries.ts';
import type { Trial } from './trial.ts';

/** Figures of many trials, and how to see each failure again. */
export interface Figures {
  lines: string[];
  failures: string[];
}

export function trialFigures(trials: readonly Trial[]): Figures {
  const count = (of: (trial: Trial) => boolean) => trials.filter(of).length;
  const struck = new Map<string, number>();
  for (const trial of trials)
    for (const [trouble, times] of trial.struck) struck.set(trouble, (struck.get(trouble) ?? 0) + times);
  const types = new Set(trials.map(trial => trial.type)).size;
  return {
    lines: [
      `runs of inject and revert    ${trials.length} over ${types} types, ${count(trial => trial.injected)} injected`,
      `requests that met trouble    ${[...struck.values()].reduce((sum, times) => sum + times, 0)}: ${[...struck]
        .map(([trouble, times]) => `${trouble} ${times}`)
        .toSorted()
        .join(', ')}`,
      `originals lost               ${count(trial => trial.lost.length > 0)}   must be 0`,
      `false "verified"             ${count(trial => trial.falselyVerified.length > 0)}   must be 0`,
    ],
    failures: trials.flatMap(trial => [
      ...trial.lost.map(line => `lost, --stage ${trial.stage} --seed ${trial.seed}: ${line}`),
      ...trial.falselyVerified.map(line => `falsely verified, --stage ${trial.stage} --seed ${trial.seed}: ${line}`),
    ]),
  };
}

export function deathFigures(deaths: readonly Death[], how: string): Figures {
  const lost = deaths.filter(death => death.lost.length > 0);
  return {
    lines: [
      `${how.padEnd(28)} ${deaths.length} boundaries, ${deaths.filter(death => death.wasIn).length} with the fault in`,
      `originals lost               ${lost.length}   must be 0`,
    ],
    failures: lost.map(
      ({ stage, during, moment, lost: lines }) =>
        `lost, ${stage}, killed during ${during} at ${moment}: ${lines.join('; ')}`,
    ),
  };
}
