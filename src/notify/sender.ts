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

  async function tryOnce(
    notice: Notice,
  ): Promise<{ isDone: true } | { isDone: false; again: boolean; pauseMs?: number }> {
    const { contentType, text } = BODIES[receiver.as](notice);
    const { url, headers } = addressOf(receiver.url);
    const late = new AbortController();
    const timer = clock.sleep(ANSWER_MS, late.signal).then(
      () => late.abort(new Error('no answer in time')),
      () => undefined,
    );
    try {
      const answer = await post(url, {
        headers: { ...headers, ...receiver.headers, 'content-type': contentType },
        body: text,
        signal: AbortSignal.any([over.signal, late.signal]),
      });
      if (answer.status >= 200 && answer.status < 300) return { isDone: true };
      last = `answered ${answer.status}`;
      return {
        isDone: false,
        again: mayHelp(answer.status),
        ...(answer.retryAfterMs ? { pauseMs: answer.retryAfterMs } : {}),
      };
    } catch (error) {
      // An attempt that the end of the process aborts has a less useful error than the one before.
      if (!over.signal.aborted || last === '')
        last = error instanceof Error && error.name !== 'AbortError' ? reasonOf(error) : 'no answer in time';
      return { isDone: false, again: true };
    } finally {
      late.abort();
      await timer;
    }
  }

  async function deliver(notice: Notice): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const tried = await tryOnce(notice);
      if (tried.isDone) {
        delivered += 1;
        return;
      }
      if (!tried.again || attempt === TRIES || over.signal.aborted) break;
      const pauseMs = tried.pauseMs ?? FIRST_PAUSE_MS * 2 ** (attempt - 1);
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

/** The system's error. The message of `fetch` may contain the address, so only its cause is shown. */
function reasonOf(error: Error): string {
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  return code ?? (error.message === 'no answer in time' ? error.message : 'no connection');
}
