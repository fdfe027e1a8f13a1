import type { Clock } from '../../host/clock.ts';
import type { Collection, WatchEvent, WatchOptions } from '../client/api.ts';
import { httpRequest, outcomeOf } from '../client/http/calls.ts';
import { unreachable } from '../client/http/failure.ts';
import type { Failure, Outcome } from '../client/http/outcome.ts';
import type { HttpStream, Transport } from '../client/http/transport.ts';
import { queryString } from '../client/paths.ts';
import { lines } from './lines.ts';
import { parseWatchLine } from './watch-event.ts';

// The deadline until the watch begins, milliseconds.
const OPEN_DEADLINE_MS = 15_000;

/**
 * Events of a collection as they arrive. Ends quietly when the signal aborts or the server ends the watch; otherwise
 * a failure comes last.
 */
export async function* watchStream(
  parts: { transport: Transport; clock: Clock; pathOf: () => Promise<Outcome<string>> },
  collection: Collection,
  options: WatchOptions,
): AsyncGenerator<WatchEvent | Failure> {
  const { signal, metadataOnly, onOpen, ...query } = options;
  const path = await parts.pathOf();
  if (!path.ok) return yield path;
  const accept = metadataOnly
    ? 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json'
    : undefined;
  const answer = await parts.transport.stream(
    httpRequest({
      method: 'GET',
      path: path.value + queryString({ ...query, watch: 1, allowWatchBookmarks: true }),
      accept,
      deadlineMs: OPEN_DEADLINE_MS,
      signal,
    }),
  );
  if (!answer.ok) {
    if (!signal.aborted) yield answer;
    return;
  }
  if (answer.status !== 200) {
    const outcome = outcomeOf(answer, {}, parts.clock.now());
    if (!outcome.ok) yield outcome;
    return;
  }
  if (!signal.aborted) onOpen?.();
  yield* events(answer, collection, signal, parts);
}

async function* events(
  answer: HttpStream,
  collection: Collection,
  signal: AbortSignal,
  parts: { transport: Transport; clock: Clock },
): AsyncGenerator<WatchEvent | Failure> {
  try {
    for await (const batch of lines(answer.chunks)) {
      for (const line of batch) {
        const event = parseWatchLine(line, collection, parts.clock.now());
        yield event;
        if ('ok' in event) return;
      }
    }
  } catch (error) {
    if (!signal.aborted) yield unreachable(parts.transport.server, error);
  }
}
