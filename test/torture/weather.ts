import type { Clock } from '../../src/host/clock.ts';
import type { ObjectRef } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import type { Failure, Outcome } from '../../src/kube/client/http/outcome.ts';
import { type FakeApi, failing } from '../support/fake-api.ts';
import { oneOf, type Random, upTo } from './draw.ts';
import { keyOf } from './world.ts';

/**
 * What can befall one request. `late`: the answer is lost, and the request is carried out up to `LATEST_MS` later. `overtaken`: somebody
 * else writes something of their own first, which must be there in the end.
 */
export const TROUBLES = [
  'conflict',
  'gone',
  'throttled',
  'server-error',
  'unavailable',
  'reset-before',
  'reset-after',
  'timeout-after',
  'late',
  'overtaken',
  'latency',
] as const;
/** A server gives up on a request whose client is gone; this is how long it may take to notice. */
const LATEST_MS = 3_000;
export type Trouble = (typeof TROUBLES)[number];

export interface Weather {
  api: Api;
  /** How often each trouble struck. */
  struck: Map<Trouble, number>;
  /** Carries out what is still under way, and lets every later request through. */
  clear(): Promise<void>;
}

/** How bad it is. */
interface Bad {
  /** That a request meets trouble. */
  probability: number;
  /** Somebody else writes, on the object of this key where the request is a write. */
  overtake: (key: string | undefined) => void;
}

const lost = (message: string): Failure => failing('unreachable', message);
const ANSWERS: Readonly<Partial<Record<Trouble, (random: Random) => Failure>>> = {
  conflict: () =>
    failing('conflict', 'the object has been modified; please apply your changes to the latest version and try again'),
  gone: () => failing('gone', 'too old resource version'),
  throttled: random => failing('throttled', 'too many requests', { retryAfterMs: 1000 * upTo(random, 3) }),
  'server-error': () => failing('server-error', 'etcdserver: leader changed'),
  unavailable: random =>
    failing('server-error', 'apiserver not ready', { status: 503, ...(random() < 0.5 ? { retryAfterMs: 1000 } : {}) }),
  'reset-before': () => lost('read ECONNRESET'),
};

/** The same API in bad weather: each request meets trouble with this probability. The same random gives the same weather. */
export function stormy(api: FakeApi, clock: Clock, random: Random, { probability, overtake }: Bad): Weather {
  const struck = new Map<Trouble, number>();
  let late: { at: number; act: () => Promise<unknown> }[] = [];
  let isOver = false;

  async function carryOut(isAll: boolean): Promise<void> {
    const due = late.filter(one => isAll || one.at <= clock.monotonic());
    late = late.filter(one => !due.includes(one));
    for (const one of due) await one.act();
  }

  async function meet<T>(isWrite: boolean, act: () => Promise<Outcome<T>>, written?: ObjectRef): Promise<Outcome<T>> {
    await carryOut(false);
    if (isOver || random() >= probability) return act();
    const trouble = oneOf(random, TROUBLES);
    struck.set(trouble, (struck.get(trouble) ?? 0) + 1);
    const answer = ANSWERS[trouble]?.(random);
    if (answer !== undefined) return answer;
    if (trouble === 'late' && isWrite) {
      late.push({ at: clock.monotonic() + upTo(random, LATEST_MS), act });
      return lost('socket hang up');
    }
    if (trouble === 'overtaken') overtake(written && keyOf({ ...written, metadata: written }));
    if (trouble === 'latency') await clock.sleep(upTo(random, 5_000));
    const outcome = await act();
    if (trouble === 'reset-after') return lost('socket hang up');
    return trouble === 'timeout-after' ? lost('no answer within 30 s') : outcome;
  }

  return {
    struck,
    clear: async () => {
      isOver = true;
      await carryOut(true);
    },
    api: {
      identity: api.identity,
      discovery: refresh => meet(false, () => api.discovery(refresh)),
      get: (ref, options) => meet(false, () => api.get(ref, options)),
      list: (collection, options) => meet(false, () => api.list(collection, options)),
      listAll: (collection, options) => meet(false, () => api.listAll(collection, options)),
      create: (object, options) => meet(true, () => api.create(object, options)),
      replace: (object, options) => meet(true, () => api.replace(object, options), { ...object, ...object.metadata }),
      patch: (ref, type, body, options) => meet(true, () => api.patch(ref, type, body, options), ref),
      remove: (ref, options) => meet(true, () => api.remove(ref, options), ref),
      watch: (collection, options) => api.watch(collection, options),
      raw: request => meet(request.method !== undefined && request.method !== 'GET', () => api.raw(request)),
      serverTime: () => api.serverTime(),
      get requests() {
        return api.requests;
      },
      close: () => api.close(),
    },
  };
}
