import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Api } from './api.ts';
import type { Outcome } from './outcome.ts';

type Got = Outcome<KubeObject>;
type Signal = AbortSignal | undefined;
interface Pending {
  ref: ObjectRef;
  signal: Signal;
  answer: (got: Got) => void;
}

/** So many reads of one kind and namespace make a list worth while. */
const LEAST = 4;
/** A list reads at most so many objects for each one asked for; beyond that single reads are cheaper. */
const SPARE = 8;

/**
 * The same connection, with reads of single objects put together: reads of one kind in one namespace that are asked for in the same turn
 * become one page of a list, sent after the last of them was asked for, so each answer is as fresh as a read of its own.
 * What the page does not hold (the namespace is larger, the object is gone, the list is refused) is read singly as before: that an
 * object is absent from a list is never taken as an answer.
 */
export function batchedReads(api: Api): Api {
  const waiting = new Map<Signal, Map<string, Pending[]>>();
  let isDue = false;

  function flush(): void {
    isDue = false;
    const groups = [...waiting.values()].flatMap(bySignal => [...bySignal.values()]);
    waiting.clear();
    for (const group of groups) void answerAll(api, group);
  }

  function get(ref: ObjectRef, signal: Signal): Promise<Got> {
    return new Promise(answer => {
      const groups = waiting.get(signal) ?? new Map<string, Pending[]>();
      waiting.set(signal, groups);
      const key = JSON.stringify([ref.apiVersion, ref.kind, ref.namespace ?? '']);
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      group.push({ ref, signal, answer });
      if (isDue) return;
      isDue = true;
      setImmediate(flush);
    });
  }

  return {
    ...api,
    ...(api.urgent && { urgent: batchedReads(api.urgent) }),
    get(ref, { signal, ...special } = {}) {
      // A read with a deadline or a form of its own stays on its own.
      const isPlain = Object.values(special).every(value => value === undefined);
      return isPlain ? get(ref, signal) : api.get(ref, { ...special, ...(signal && { signal }) });
    },
    get requests() {
      return api.requests;
    },
  };
}

async function answerAll(api: Api, group: readonly Pending[]): Promise<void> {
  const [first] = group;
  const found =
    first !== undefined && group.length >= LEAST ? await firstPage(api, first, group.length * SPARE) : undefined;
  for (const { ref, signal, answer } of group) {
    const object = found?.get(ref.name);
    if (object !== undefined) answer({ ok: true, status: 200, value: object });
    else void api.get(ref, signal && { signal }).then(answer);
  }
}

/** One page of the collection that an object is in, by name; empty where it cannot be listed. */
async function firstPage(api: Api, { ref, signal }: Pending, limit: number): Promise<Map<string, KubeObject>> {
  const { apiVersion, kind, namespace } = ref;
  const page = await api.list(
    { apiVersion, kind, ...(namespace ? { namespace } : {}) },
    // Single reads come after it where it does not answer: they must not wait for long.
    { limit, timeoutMs: 5_000, ...(signal && { signal }) },
  );
  return new Map(page.ok ? page.value.items.map(item => [item.metadata.name, item]) : []);
}
