import type { Death } from './boundaries.ts';
import type { Trial } from './trial.ts';

/** What one kind of torture came to: a row of the table, and how to see each failure again. */
export interface Figures {
  row: Row;
  failures: string[];
}

/** Undefined where there is no such figure. */
interface Row {
  what: string;
  runs: number;
  /** Runs that had the fault in. */
  injected: number;
  /** Requests that met trouble. */
  troubled?: number;
  lost: number;
  falselyVerified?: number;
  /** Trials of which the harness itself learnt no end. */
  timedOut?: number;
}

export function trialFigures(what: string, trials: readonly Trial[]): Figures {
  const count = (of: (trial: Trial) => boolean) => trials.filter(of).length;
  return {
    row: {
      what,
      runs: trials.length,
      injected: count(({ injected }) => injected),
      troubled: trials.flatMap(({ struck }) => [...struck.values()]).reduce((sum, times) => sum + times, 0),
      lost: count(({ lost }) => lost.length > 0),
      falselyVerified: count(({ falselyVerified }) => falselyVerified.length > 0),
      timedOut: count(({ timedOut }) => timedOut !== undefined),
    },
    failures: trials.flatMap(({ stage, seed, lost, falselyVerified, timedOut }) => [
      ...(timedOut === undefined
        ? []
        : [`${what}: harness timed out, --stage ${stage} --seed ${seed}: ${timedOut}: try it alone`]),
      ...lost.map(line => `${what}: lost, --stage ${stage} --seed ${seed}: ${line}`),
      ...falselyVerified.map(line => `${what}: falsely verified, --stage ${stage} --seed ${seed}: ${line}`),
    ]),
  };
}

export function deathFigures(what: string, deaths: readonly Death[]): Figures {
  const lost = deaths.filter(death => death.lost.length > 0);
  return {
    row: { what, runs: deaths.length, injected: deaths.filter(({ wasIn }) => wasIn).length, lost: lost.length },
    failures: lost.map(
      ({ stage, during, moment, lost: lines }) =>
        `${what}: lost, --stage ${stage}, during ${during} at ${moment}: ${lines.join('; ')}`,
    ),
  };
}

const HEAD = ['', 'runs', 'fault in', 'troubles', 'originals lost', 'false "verified"', 'harness timed out'];

/** The table, its last line what must be 0. */
export function tableOf(figures: readonly Figures[], types: number): string[] {
  const number = (value: number | undefined) => (value === undefined ? '' : value.toLocaleString('en'));
  const rows = figures.map(({ row }) => [
    row.what,
    ...[row.runs, row.injected, row.troubled, row.lost, row.falselyVerified, row.timedOut].map(number),
  ]);
  const total = (of: (row: Row) => number | undefined) => figures.reduce((sum, { row }) => sum + (of(row) ?? 0), 0);
  const last = [
    `${types} types, must be 0`,
    '',
    '',
    '',
    number(total(row => row.lost)),
    number(total(row => row.falselyVerified)),
    number(total(row => row.timedOut)),
  ];
  return aligned([HEAD, ...rows, last]);
}

/** Columns as wide as what is in them; the first to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => (row[column] ?? '').length)));
  return rows.map(row =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}
