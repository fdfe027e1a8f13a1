import { subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';

/** One thing that happened to a request, as a line of the log; `at` in milliseconds since the epoch. */
export interface WireEvent {
  at: number;
  what: 'asked' | 'connected' | 'sent' | 'answered' | 'ended';
  /** Number of the request; 0 for connections. */
  request: number;
  method?: string;
  path?: string;
}

// Loaded into a process beside its own program (`--import`): writes down each HTTP request that leaves it. Nothing of the product knows of it.
const file = process.env.MAYDAY_BENCH_WIRE;
if (file !== undefined && file !== '') {
  const numbers = new WeakMap<object, number>();
  const waiting: WireEvent[] = [];
  let count = 0;
  const write = (): void => {
    const text = waiting.splice(0).map(event => `${JSON.stringify(event)}\n`);
    if (text.length > 0) appendFileSync(file, text.join(''));
  };
  const note = (what: WireEvent['what'], request: number, more: Pick<WireEvent, 'method' | 'path'> = {}): void => {
    waiting.push({ at: performance.timeOrigin + performance.now(), what, request, ...more });
  };
  type Message = { request: { method: string; path: string } };
  const numberOf = (message: unknown): number => numbers.get((message as Message).request) ?? 0;
  subscribe('undici:request:create', message => {
    const { request } = message as Message;
    count += 1;
    numbers.set(request, count);
    note('asked', count, { method: request.method, path: request.path });
  });
  subscribe('undici:client:connected', () => note('connected', 0));
  subscribe('undici:client:sendHeaders', message => note('sent', numberOf(message)));
  subscribe('undici:request:headers', message => note('answered', numberOf(message)));
  subscribe('undici:request:trailers', message => note('ended', numberOf(message)));
  process.on('exit', write);
  setInterval(write, 500).unref();
}
