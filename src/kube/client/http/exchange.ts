import type { Dispatcher } from 'undici';
import type { RawAnswer } from './raw-answer.ts';

/** One request on a dispatcher; `url` is absolute. */
export interface Exchange {
  dispatcher: Pick<Dispatcher, 'dispatch'>;
  url: string;
  method: Dispatcher.HttpMethod;
  headers: Record<string, string | string[]>;
  body?: string | undefined;
  /** Ends the request, and its body as long as that is read. */
  signal: AbortSignal;
}

/** How many bytes of a body are buffered before the connection is paused. */
const MOST_WAITING = 64 * 1024;

/**
 * Sends one request and resolves when the head of its answer is there. Rejects with what broke the connection, or with
 * the signal's reason. In place of undici's own `request`, whose streams cost several times as much as the answers of
 * most lists: a scan of many clusters is thousands of small answers.
 */
export function exchange({ dispatcher, url, method, headers, body, signal }: Exchange): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { origin, pathname, search } = new URL(url);
    const incoming = createBody();
    let control: Dispatcher.DispatchController | undefined;
    const abort = () => {
      control?.abort(signal.reason);
      fail(signal.reason);
    };
    const settled = () => signal.removeEventListener('abort', abort);
    const fail = (error: Error) => {
      settled();
      incoming.fail(error);
      reject(error);
    };
    signal.addEventListener('abort', abort);
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method,
        headers,
        body: body ?? null,
        // Undici closes the connection after a DELETE with a body unless told otherwise. API servers read the body to
        // its end.
        reset: false,
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(controller) {
          control = controller;
          incoming.from(controller);
          if (signal.aborted) controller.abort(signal.reason);
        },
        onResponseStart(_controller, statusCode, received) {
          if (statusCode >= 200) resolve({ statusCode, headers: received, body: incoming });
        },
        onResponseData(_controller, chunk) {
          incoming.push(chunk);
        },
        onResponseEnd() {
          settled();
          incoming.end();
        },
        onResponseError(_controller, error) {
          fail(error);
        },
      },
    );
  });
}

/** A body that is read as it arrives, by one reader. */
function createBody() {
  let control: Dispatcher.DispatchController | undefined;
  let waiting: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  let broken: { error: Error } | undefined;
  let wake: (() => void) | undefined;

  const changed = () => {
    wake?.();
    wake = undefined;
  };

  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const arrived = waiting;
        waiting = [];
        bytes = 0;
        if (control?.paused) control.resume();
        yield* arrived;
        if (waiting.length > 0) continue;
        if (broken !== undefined) throw broken.error;
        if (ended) return;
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
    } finally {
      destroy();
    }
  }

  /** Closes the connection unless the whole body has arrived, because nobody reads the rest. */
  function destroy(): void {
    if (!ended && broken === undefined) control?.abort(new Error('the rest of the answer is not read'));
  }

  return {
    from(controller: Dispatcher.DispatchController) {
      control = controller;
    },
    push(chunk: Buffer) {
      waiting.push(chunk);
      bytes += chunk.length;
      if (bytes > MOST_WAITING) control?.pause();
      changed();
    },
    end() {
      ended = true;
      changed();
    },
    fail(error: Error) {
      broken ??= { error };
      changed();
    },
    [Symbol.asyncIterator]: chunks,
    destroy,
    async dump({ limit }: { limit: number }) {
      let read = 0;
      try {
        for await (const chunk of chunks()) {
          read += chunk.length;
          if (read > limit) return;
        }
      } catch {
        // The rest is discarded, so its errors do not matter.
      }
    },
  };
}
