import type { KubeObject, ObjectRef } from '../../../k8s/object.ts';
import type { Api } from '../api.ts';
import type { Outcome } from '../http/outcome.ts';

type Got = Outcome<KubeObject>;
type Signal = AbortSignal | undefined;
interface Pending {
  ref: ObjectRef;
  signal: Signal;
  answer: (got: Got) => void;
}
/** Reads of one kind and namespace. */
interface Group {
  waiting: Pending[];
  /** The last reads of this group have been sent and not answered yet. */
  isAsked: boolean;
}

/** From this many reads of one kind and namespace on, a list is used. */
const LEAST_READS = 4;
/** A list may read this many objects for each one requested; beyond that, single reads are cheaper. */
const SPARE_PER_READ = 16;

/**
 * The same connection, with reads of single objects combined: reads of one kind in one namespace that are requested in
 * the same turn become one page of a list, sent after the last request, so each answer is as fresh as a read of its
 * own. Requests that come while the last list of the group is unanswered wait for it, and are combined as well. What
 * the page does not contain (the namespace is larger, the object is gone, the list is refused) is read singly: absence
 * from a list is never taken as an answer.
 */
export function batchedReads(api: Api): Api {
  const groups = new Map<Signal, Map<string, Group>>();
  let isDue = false;

  function flush(): void {
    isDue = false;
    for (const bySignal of groups.values())
      for (const group of bySignal.values()) if (!group.isAsked && group.waiting.length > 0) send(group);
  }

  function send(group: Group): void {
    group.isAsked = true;
    const answered = () => {
      group.isAsked = false;
      if (group.waiting.length > 0) flushSoon();
    };
    void answerAll(api, group.waiting.splice(0), answered);
  }

  function flushSoon(): void {
    if (isDue) return;
    isDue = true;
    setImmediate(flush);
  }

  function get(ref: ObjectRef, signal: Signal): Promise<Got> {
    return new Promise(answer => {
      const bySignal = groups.get(signal) ?? new Map<string, Group>();
      groups.set(signal, bySignal);
      const key = JSON.stringify([ref.apiVersion, ref.kind, ref.namespace ?? '']);
      const group = bySignal.get(key) ?? { waiting: [], isAsked: false };
      bySignal.set(key, group);
      group.waiting.push({ ref, signal, answer });
      flushSoon();
    });
  }

  return {
    ...api,
    ...(api.urgent && { urgent: batchedReads(api.urgent) }),
    get(ref, { signal, alone = false, ...special } = {}) {
      // A read with its own deadline or format is not combined.
      const isPlain = !alone && Object.values(special).every(value => value === undefined);
      return isPlain ? get(ref, signal) : api.get(ref, { ...special, ...(signal && { signal }) });
    },
    get requests() {
      return api.requests;
    },
  };
}

/** `answered` is called at the first answer of the server. */
async function answerAll(api: Api, group: readonly Pending[], answered: () => void): Promise<void> {
  const [first] = group;
  const found =
    first !== undefined && group.length >= LEAST_READS
      ? await firstPage(api, first, group.length * SPARE_PER_READ)
      : undefined;
  if (found !== undefined) answered();
  for (const { ref, signal, answer } of group) {
    const object = found?.get(ref.name);
    if (object !== undefined) answer({ ok: true, status: 200, value: object });
    else
      void api.get(ref, signal && { signal }).then(got => {
        answer(got);
        if (found === undefined) answered();
      });
  }
}

/** One page of the collection that an object is in, by name; empty where it cannot be listed. */
async function firstPage(api: Api, { ref, signal }: Pending, limit: number): Promise<Map<string, KubeObject>> {
  const { apiVersion, kind, namespace } = ref;
  const page = await api.list(
    { apiVersion, kind, ...(namespace ? { namespace } : {}) },
    // If the list gets no answer, single reads follow, so its deadline is short.
    { limit, timeoutMs: 5_000, ...(signal && { signal }) },
  );
  return new Map(page.ok ? page.value.items.map(item => [item.metadata.name, item]) : []);
}
