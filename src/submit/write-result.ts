import type { Clock } from '../host/clock.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import { jsonText } from '../text/json.ts';
import { messageOf } from '../text/message-of.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import { KEYS, type ResultEvent, type RunSummary, readResult, type Summary } from './result.ts';

/** Writes the result of a pod while it works. */
export interface ResultWriter {
  /** Adds one line of the output, with its text for people. Does not wait. */
  event(said: Record<string, unknown>, line: string | undefined): void;
  /** Sets the state or the end of a run, or why it was not run. */
  run(summary: RunSummary): void;
  /** Adds the record of a finished run, as JSON. */
  report(experiment: string, text: string): void;
  /** Resolves when everything so far has been written or one attempt has failed. */
  flush(): Promise<void>;
  /** Writes the end and waits for it. Gives why it could not be written, in one line. */
  end(exitCode: number): Promise<string | undefined>;
}

/** A ConfigMap holds 1 MiB; events and reports share it. Bytes. */
const MOST_EVENTS = 300_000;
const MOST_REPORTS = 400_000;
const LONGEST_EVENT = 8_000;
/** The longest time to wait at the end for a server that does not accept the write. */
const LAST_WRITE_MS = 60_000;
/** The pause between two writes. */
const PAUSE_MS = 1_000;
const MOST_HISTORY = 20;

/**
 * Keeps the ConfigMap `on` up to date, with at most one write a second. If the writes fail, the run goes on all the same: the
 * revert never waits for them.
 */
export async function openResult(
  api: Api,
  on: ObjectRef,
  { clock, pod, now }: { clock: Clock; pod: string; now: () => number },
): Promise<ResultWriter> {
  const found = await api.get(on).catch(() => undefined);
  const before = found?.ok ? readResult(found.value) : undefined;
  const history = [...(before?.history ?? []), ...endOf(before?.summary)].slice(-MOST_HISTORY);
  const runs = new Map<string, RunSummary>();
  const reports = new Map<string, string>();
  const missing = new Set<string>();
  const lines: string[] = [];
  let size = 0;
  let count = 0;
  let dropped = 0;
  let exitCode: number | undefined;
  const startedAt = rfc3339(now());
  let writing: Promise<string | undefined> | undefined;
  let sending: Promise<string | undefined> | undefined;
  let isDirty = false;

  const body = () => {
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
  };
  let sent: Record<string, string> = {};
  const write = (): Promise<string | undefined> => {
    sending = writeNow().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const writeNow = async (): Promise<string | undefined> => {
    isDirty = false;
    const data = body();
    const changed = Object.fromEntries(Object.entries(data).filter(([key, text]) => sent[key] !== text));
    const answer = await api
      .patch(on, 'merge', { data: changed }, { timeoutMs: 10_000 })
      .catch((error: unknown) => ({ ok: false as const, message: messageOf(error) }));
    if (answer.ok) sent = data;
    else isDirty = true;
    return answer.ok ? undefined : answer.message;
  };
  const soon = () => {
    isDirty = true;
    if (writing !== undefined || exitCode !== undefined) return;
    writing = write().then(async failed => {
      await clock.sleep(PAUSE_MS);
      writing = undefined;
      if (isDirty) soon();
      return failed;
    });
    writing.catch(() => undefined);
  };
  soon();

  return {
    event(said, line) {
      count += 1;
      const whole: ResultEvent = { n: count, ...(line === undefined ? {} : { line }), ...said };
      const text = jsonText(whole);
      const { event, at, run, key } = said;
      lines.push(text.length <= LONGEST_EVENT ? text : jsonText({ n: count, at, run, key, event, line, cut: true }));
      size += Buffer.byteLength(lines.at(-1) ?? '') + 1;
      while (size > MOST_EVENTS) {
        size -= Buffer.byteLength(lines.shift() ?? '') + 1;
        dropped += 1;
      }
      soon();
    },
    run(summary) {
      const key = summary.run ?? summary.experiment;
      runs.set(key, { ...runs.get(key), ...summary });
      soon();
    },
    report(experiment, text) {
      const used = [...reports.values()].reduce((sum, one) => sum + Buffer.byteLength(one), 0);
      const bytes = Buffer.byteLength(text);
      if (used + bytes <= MOST_REPORTS) reports.set(`${experiment} ${reports.size}`, text.trim());
      else missing.add(`the report of ${experiment}: ${bytes} bytes did not fit`);
      soon();
    },
    async flush() {
      while (sending !== undefined) await sending;
      if (isDirty) await write();
    },
    async end(code) {
      exitCode = code;
      await writing;
      for (const began = clock.monotonic(); ; ) {
        const failed = await write();
        if (failed === undefined || clock.monotonic() - began > LAST_WRITE_MS) return failed;
        await clock.sleep(PAUSE_MS);
      }
    },
  };
}

/** One line about how an earlier pod of the schedule ended. */
function endOf(summary: Summary | undefined): string[] {
  if (summary === undefined) return [];
  const runs = summary.runs.map(
    ({ experiment, end, notRun, phase }) => `${experiment} ${end?.verdict ?? notRun ?? phase ?? '?'}`,
  );
  const how = summary.exitCode === undefined ? 'did not end' : `exit ${summary.exitCode}`;
  return [`${summary.startedAt} ${how}: ${runs.join(', ')}`];
}
