import { jsonText } from '../text/json.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import { KEYS, type ResultEvent, type RunSummary, type Summary } from './result.ts';

/** A ConfigMap holds 1 MiB; events and reports share it. Bytes. */
const MOST_EVENTS = 300_000;
const MOST_REPORTS = 400_000;
const LONGEST_EVENT = 8_000;

/** The content of a pod's result while it grows. What does not fit is left out, and named in the result. */
export interface ResultContent {
  /** Adds one line of the output, with its text for people. The oldest lines are dropped where they do not fit. */
  event(event: Record<string, unknown>, line: string | undefined): void;
  /** Sets the state or the end of a run, or why it was not run. */
  run(summary: RunSummary): void;
  /** Adds the record of a finished run, as JSON. */
  report(experiment: string, text: string): void;
  /** The data of the ConfigMap; `exitCode` is undefined while the pod works. */
  data(exitCode: number | undefined): Record<string, string>;
}

/** The empty result of a pod. `history`: how earlier pods of its schedule ended, a line each. `now`: milliseconds since the epoch. */
export function createResultContent(pod: string, history: readonly string[], now: () => number): ResultContent {
  const runs = new Map<string, RunSummary>();
  const reports = new Map<string, string>();
  const missing = new Set<string>();
  const lines: string[] = [];
  let size = 0;
  let count = 0;
  let dropped = 0;
  const startedAt = rfc3339(now());
  return {
    event(event, line) {
      count += 1;
      const whole: ResultEvent = { n: count, ...(line === undefined ? {} : { line }), ...event };
      const text = jsonText(whole);
      const { event: name, at, run, key } = event;
      lines.push(
        text.length <= LONGEST_EVENT ? text : jsonText({ n: count, at, run, key, event: name, line, cut: true }),
      );
      size += Buffer.byteLength(lines.at(-1) ?? '') + 1;
      while (size > MOST_EVENTS) {
        size -= Buffer.byteLength(lines.shift() ?? '') + 1;
        dropped += 1;
      }
    },
    run(summary) {
      const key = summary.run ?? summary.experiment;
      runs.set(key, { ...runs.get(key), ...summary });
    },
    report(experiment, text) {
      const used = [...reports.values()].reduce((sum, one) => sum + Buffer.byteLength(one), 0);
      const bytes = Buffer.byteLength(text);
      if (used + bytes <= MOST_REPORTS) reports.set(`${experiment} ${reports.size}`, text.trim());
      else missing.add(`the report of ${experiment}: ${bytes} bytes did not fit`);
    },
    data(exitCode) {
      const summary: Summary = {
        v: 1,
        state: exitCode === undefined ? 'running' : 'done',
        pod,
        startedAt,
        updatedAt: rfc3339(now()),
        runs: [...runs.values()],
        ...(exitCode === undefined ? {} : { exitCode }),
        missing: [...missing, ...(dropped > 0 ? [`the first ${dropped} of ${count} events: they did not fit`] : [])],
      };
      return {
        [KEYS.summary]: jsonText(summary),
        [KEYS.events]: lines.join('\n'),
        [KEYS.report]: reports.size === 0 ? '' : `[${[...reports.values()].join(',\n')}]`,
        [KEYS.history]: history.join('\n'),
      };
    },
  };
}
