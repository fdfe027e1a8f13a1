import type { Clock } from '../../host/clock.ts';
import type { Api } from '../../kube/client/api.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';

/** Which log. */
export interface LogSource {
  namespace: string;
  pod: string;
  container: string;
  /** The log of the container that ran before the present one. */
  previous: boolean;
}

/** New lines, oldest first, or why the log cannot be read now. */
export type LogNews =
  | { is: 'lines'; lines: readonly Clean[]; isCut: boolean }
  | { is: 'failed'; message: Clean }
  | { is: 'end' };

/** The most lines per request. */
const TAIL = 1_000;
const MOST_BYTES = 1024 * 1024;
const PAUSE_MS = 1_000;
const READ_MS = 10_000;
const LINE = 4_096;
const STAMP = /^(\d{4}-\d\d-\d\dT\S+) (.*)$/;

/**
 * Reads a log and asks for what is new each second until the signal aborts; the log of an ended container is read
 * once. The kubelet's time stamps show which lines are new. Never rejects.
 */
export async function followLog(
  api: Pick<Api, 'raw'>,
  clock: Pick<Clock, 'sleep'>,
  source: LogSource,
  onNews: (news: LogNews) => void,
  signal: AbortSignal,
): Promise<void> {
  let last: string | undefined;
  while (!signal.aborted) {
    const answer = await api.raw({
      path: `/api/v1/namespaces/${encodeURIComponent(source.namespace)}/pods/${encodeURIComponent(source.pod)}/log`,
      query: {
        container: source.container,
        timestamps: 'true',
        limitBytes: String(MOST_BYTES),
        ...(source.previous && { previous: 'true' }),
        ...(last === undefined ? { tailLines: String(TAIL) } : { sinceTime: last }),
      },
      accept: 'text/plain, */*',
      timeoutMs: READ_MS,
      signal,
    });
    if (signal.aborted) return;
    if (answer.ok) {
      const text = typeof answer.value === 'string' ? answer.value : '';
      const fresh = newLines(text, last);
      last = fresh.last ?? last;
      if (fresh.lines.length > 0)
        onNews({ is: 'lines', lines: fresh.lines, isCut: Buffer.byteLength(text) >= MOST_BYTES });
    } else onNews({ is: 'failed', message: answer.message });
    if (source.previous && answer.ok) return onNews({ is: 'end' });
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
}

/** The lines later than `after` (a time stamp of the kubelet), without their stamps; and the stamp of the last one. */
export function newLines(text: string, after: string | undefined): { lines: Clean[]; last: string | undefined } {
  let last = after;
  const lines: Clean[] = [];
  for (const raw of text.split('\n')) {
    if (raw === '') continue;
    const [, stamp, words] = STAMP.exec(raw) ?? [];
    if (stamp !== undefined) {
      // Time stamps of one log have the same format, so text order is time order. Lines with an equal stamp were
      // already handed out.
      if (after !== undefined && stamp <= after) continue;
      last = stamp;
    }
    lines.push(sanitise(words ?? raw, LINE));
  }
  return { lines, last };
}
