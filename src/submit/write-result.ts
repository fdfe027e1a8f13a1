import type { Clock } from '../host/clock.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import { messageOf } from '../text/message-of.ts';
import { readResult, type Summary } from './result.ts';
import { createResultContent, type ResultContent } from './result-content.ts';

/** Writes the result of a pod while it works. Adding to it does not wait for the write. */
export interface ResultWriter extends Pick<ResultContent, 'event' | 'run' | 'report'> {
  /** Resolves when everything so far has been written or one attempt has failed. */
  flush(): Promise<void>;
  /** Writes the end and waits for it. Gives why it could not be written, in one line. */
  end(exitCode: number): Promise<string | undefined>;
}

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
  const content = createResultContent(pod, history, now);
  let exitCode: number | undefined;
  /** The write under way, with the pause after it. */
  let writing: Promise<string | undefined> | undefined;
  /** The request under way. */
  let sending: Promise<string | undefined> | undefined;
  let isDirty = false;
  let sent: Record<string, string> = {};

  const write = (): Promise<string | undefined> => {
    sending = writeNow().finally(() => {
      sending = undefined;
    });
    return sending;
  };
  const writeNow = async (): Promise<string | undefined> => {
    isDirty = false;
    const data = content.data(exitCode);
    const changed = Object.fromEntries(Object.entries(data).filter(([key, text]) => sent[key] !== text));
    const answer = await api
      .patch(on, 'merge', { data: changed }, { timeoutMs: 10_000 })
      .catch((error: unknown) => ({ ok: false as const, message: messageOf(error) }));
    if (answer.ok) sent = data;
    else isDirty = true;
    return answer.ok ? undefined : answer.message;
  };
  const writeSoon = () => {
    isDirty = true;
    if (writing !== undefined || exitCode !== undefined) return;
    writing = write().then(async failed => {
      await clock.sleep(PAUSE_MS);
      writing = undefined;
      if (isDirty) writeSoon();
      return failed;
    });
    writing.catch(() => undefined);
  };
  writeSoon();

  return {
    event(event, line) {
      content.event(event, line);
      writeSoon();
    },
    run(summary) {
      content.run(summary);
      writeSoon();
    },
    report(experiment, text) {
      content.report(experiment, text);
      writeSoon();
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
