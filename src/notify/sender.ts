import type { Clock } from '../host/clock.ts';
import type { Notice } from './notice.ts';
import { addressOf, type Receiver, receiverName } from './receiver.ts';
import { BODIES } from './shapes.ts';

/**
 * Sends a request; resolves to its status and how long the receiver asked us to wait. Rejects when there is no
 * answer.
 */
export type Post = (
  url: string,
  request: { headers: Record<string, string>; body: string; signal: AbortSignal },
) => Promise<{ status: number; retryAfterMs?: number }>;

/** Sends notices to one receiver, one after the other. Only `close` waits for it. */
export interface Sender {
  send(notice: Notice): void;
  /**
   * Waits for pending notices, at most `limitMs`; resolves to one line on what was not delivered, undefined when
   * everything was.
   */
  close(limitMs: number): Promise<string | undefined>;
}

/** The most pending notices: more than a suite of a thousand runs produces during one attempt. */
const MOST_WAITING = 500;
const TRIES = 5;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const ANSWER_MS = 10_000;

/** Whether a retry may help: a timeout, too many requests, or a server error. */
const mayHelp = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/**
 * A sender to one receiver. When the queue is full, the oldest notice is dropped: the last ones say what is left in
 * the cluster.
 */
export function createSender(receiver: Receiver, { post, clock }: { post: Post; clock: Clock }): Sender {
  const waiting: Notice[] = [];
  const over = new AbortController();
  let working: Promise<void> | undefined;
  let [delivered, lost] = [0, 0];
  let last = '';

  const giveUp = (why: string) => {
    lost += 1;
    last = why;
  };

  async function deliver(notice: Notice): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const sent = await sendOnce(receiver, notice, { post, clock, closing: over.signal });
      if (sent.is === 'delivered') {
        delivered += 1;
        return;
      }
      // An attempt that the end of the process aborts has a less useful error than the one before.
      if (sent.is === 'refused' || !over.signal.aborted || last === '') last = sent.why;
      if (!sent.mayRetry || attempt === TRIES || over.signal.aborted) break;
      const pauseMs = sent.pauseMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
      await clock.sleep(Math.min(pauseMs, LONGEST_PAUSE_MS), over.signal).catch(() => undefined);
    }
    giveUp(last);
  }

  async function work(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (over.signal.aborted) giveUp(last || 'not tried');
      else await deliver(next);
    }
    working = undefined;
  }

  return {
    send(notice) {
      if (receiver.events !== undefined && !receiver.events.includes(notice.kind)) return;
      if (waiting.length >= MOST_WAITING) {
        waiting.shift();
        giveUp('too many were waiting');
      }
      waiting.push(notice);
      working ??= work();
    },
    async close(limitMs) {
      if (working !== undefined) {
        const done = new AbortController();
        const limit = clock.sleep(limitMs, done.signal).then(
          () => over.abort(),
          () => undefined,
        );
        await working;
        done.abort();
        await limit;
      }
      if (lost === 0) return undefined;
      return `${lost} of ${delivered + lost} notices were not delivered to ${receiverName(receiver)}: ${last}`;
    },
  };
}

/** The result of one attempt; `why` says in a few words why it failed, `pauseMs` how long the receiver asked us to wait. */
type Attempt =
  | { is: 'delivered' }
  | { is: 'refused'; why: string; mayRetry: boolean; pauseMs?: number }
  | { is: 'no-answer'; why: string; mayRetry: true; pauseMs?: undefined };

/** Sends one notice once. `closing` aborts the attempt. */
async function sendOnce(
  receiver: Receiver,
  notice: Notice,
  { post, clock, closing }: { post: Post; clock: Clock; closing: AbortSignal },
): Promise<Attempt> {
  const { contentType, text } = BODIES[receiver.as](notice);
  const { url, headers } = addressOf(receiver.url);
  const late = new AbortController();
  const timer = clock.sleep(ANSWER_MS, late.signal).then(
    () => late.abort(new Error(LATE)),
    () => undefined,
  );
  try {
    const { status, retryAfterMs } = await post(url, {
      headers: { ...headers, ...receiver.headers, 'content-type': contentType },
      body: text,
      signal: AbortSignal.any([closing, late.signal]),
    });
    if (status >= 200 && status < 300) return { is: 'delivered' };
    return {
      is: 'refused',
      why: `answered ${status}`,
      mayRetry: mayHelp(status),
      ...(retryAfterMs ? { pauseMs: retryAfterMs } : {}),
    };
  } catch (error) {
    const why = error instanceof Error && error.name !== 'AbortError' ? reasonOf(error) : LATE;
    return { is: 'no-answer', why, mayRetry: true };
  } finally {
    late.abort();
    await timer;
  }
}

const LATE = 'no answer in time';

/** The system's error. The message of `fetch` may contain the address, so only its cause is shown. */
function reasonOf(error: Error): string {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error.message === LATE ? error.message : 'no connection');
}
