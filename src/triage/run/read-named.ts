import { createSlimmer, DROP, type Prune } from '../../health/view/slim.ts';
import type { Clock } from '../../host/clock.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { failure } from '../../kube/client/http/failure.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import { eachPage } from '../../kube/client/lists/pages.ts';
import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import { certificatesOf } from './certificates-of.ts';
import type { Answers, NamedRead } from './named-read.ts';
import { readUnfollowedMarks, type UnfollowedMarks } from './unfollowed-marks.ts';

/** How many reads run in parallel. */
const MAX_PARALLEL = 8;
/** The deadline of one read, milliseconds. */
const READ_MS = 8_000;
/** The most reads of one run. More would be about many symptoms of one cause. */
const MAX_READS = 300;
const MAX_LINES = 500;
const MAX_BYTES = 256 * 1024;
const LINE_LENGTH = 1024;
const MAX_INSTANCES = 5_000;

type ReadApi = Pick<Api, 'get' | 'list' | 'listAll' | 'raw' | 'discovery'>;

/** The key of a read, so that the same thing is read once. */
function keyOf(read: NamedRead): string {
  if (read.is !== 'object') return JSON.stringify(Object.entries(read).toSorted());
  const { apiVersion, kind, namespace = '', name } = read.ref;
  return JSON.stringify(['object', apiVersion, kind, namespace, name]);
}

/** Makes single reads for rules. A reader caches what it has read, so create one for each run. */
export function createNamedReader(api: ReadApi, clock: Pick<Clock, 'monotonic'>, signal?: AbortSignal) {
  const answers = new Map<string, Outcome<unknown>>();
  const asked = new Map<string, Promise<void>>();
  const waiting: (() => Promise<void>)[] = [];
  let running = 0;

  function next(): void {
    while (running < MAX_PARALLEL) {
      const job = waiting.shift();
      if (job === undefined) return;
      running += 1;
      void job().finally(() => {
        running -= 1;
        next();
      });
    }
  }

  function ask(read: NamedRead): Promise<void> {
    const key = keyOf(read);
    const known = asked.get(key);
    if (known !== undefined) return known;
    if (asked.size >= MAX_READS) {
      answers.set(key, failure('aborted', cleanText`there are more than ${MAX_READS} things to read`));
      return Promise.resolve();
    }
    const done = Promise.withResolvers<void>();
    asked.set(key, done.promise);
    waiting.push(async () => {
      answers.set(key, await answered(api, clock, read, signal));
      done.resolve();
    });
    return done.promise;
  }

  const answerTo = <T>(read: NamedRead) => answers.get(keyOf(read)) as Outcome<T> | undefined;
  const answerers: Answers = {
    log: read => answerTo<Clean[]>(read),
    object: (ref: ObjectRef) => answerTo<KubeObject>({ is: 'object', ref }),
    instances: read => answerTo<KubeObject[]>(read),
    certificates: (namespace, secret) => answerTo({ is: 'certificates', namespace, secret }),
    path: path => answerTo<string>({ is: 'path', path }),
    marks: () => answerTo<UnfollowedMarks>({ is: 'marks' }),
  };

  return {
    /** Resolves when all these reads have their outcome; never rejects. */
    async read(reads: readonly NamedRead[]): Promise<Answers> {
      const outcomes = reads.map(ask);
      next();
      await Promise.all(outcomes);
      return answerers;
    },
  };
}

/** The outcome of one read; an exception becomes a failure. */
async function answered(
  api: ReadApi,
  clock: Pick<Clock, 'monotonic'>,
  read: NamedRead,
  signal: AbortSignal | undefined,
): Promise<Outcome<unknown>> {
  const options = { timeoutMs: READ_MS, ...(signal && { signal }) };
  try {
    switch (read.is) {
      case 'log':
        return await logTail(api, read, options);
      case 'object':
        return withoutSecrets(await api.get(read.ref, options));
      case 'instances':
        return await instances(api, clock, read, options);
      case 'certificates': {
        const { namespace, secret } = read;
        const found = await api.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: secret }, options);
        return found.ok ? { ...found, value: certificatesOf(found.value) } : found;
      }
      case 'path':
        return await path(api, read.path, options);
      case 'marks':
        return await readUnfollowedMarks(api, options);
    }
  } catch (error) {
    return failure('server-error', cleanText`the answer cannot be read: ${sanitise(error, 300)}`);
  }
}

interface ReadOptions {
  timeoutMs: number;
  signal?: AbortSignal;
}

async function logTail(
  api: ReadApi,
  read: Extract<NamedRead, { is: 'log' }>,
  options: ReadOptions,
): Promise<Outcome<Clean[]>> {
  const { namespace, pod, container, previous, lines } = read;
  const most = Math.min(Math.max(1, Math.floor(lines)), MAX_LINES);
  const answer = await api.raw({
    path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
    query: {
      container,
      tailLines: String(most),
      limitBytes: String(MAX_BYTES),
      ...(previous ? { previous: 'true' } : {}),
    },
    accept: 'text/plain, */*',
    ...options,
  });
  if (!answer.ok) return answer;
  const all = String(answer.value ?? '').split(/\r?\n/);
  if (all.at(-1) === '') all.pop();
  return { ...answer, value: all.slice(-most).map(line => sanitise(line, LINE_LENGTH)) };
}

async function path(api: ReadApi, wanted: string, options: ReadOptions): Promise<Outcome<string>> {
  if (!/^\/[\w./?&=:-]*$/.test(wanted)) return failure('invalid', cleanText`${sanitise(wanted, 128)} is no path`);
  const answer = await api.raw({ path: wanted, accept: 'text/plain, */*', ...options });
  if (!answer.ok) return answer;
  const lines = String(answer.value ?? '').split('\n');
  return { ...answer, value: lines.map(line => sanitise(line, LINE_LENGTH)).join('\n') };
}

const METADATA: Prune = { metadata: { managedFields: DROP } };

async function instances(
  api: ReadApi,
  clock: Pick<Clock, 'monotonic'>,
  { apiVersion, kind, namespace, labels }: Extract<NamedRead, { is: 'instances' }>,
  options: ReadOptions,
): Promise<Outcome<KubeObject[]>> {
  const { copy } = createSlimmer();
  const found: KubeObject[] = [];
  const collection = { apiVersion, kind, ...(namespace ? { namespace } : {}) };
  const query = { metadataOnly: true, ...(labels !== undefined && { labelSelector: labels }), ...options };
  for await (const page of eachPage(api, clock, collection, query)) {
    if (!page.ok) return page;
    for (const item of page.value.items) found.push(copy(item, METADATA) as KubeObject);
    if (found.length > MAX_INSTANCES)
      return failure('too-large', cleanText`there are more than ${MAX_INSTANCES} of them`);
  }
  return { ok: true, status: 200, value: found };
}

const valueLengths = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one).length]))
    : undefined;
/**
 * Replaces the values of a Secret with their lengths. Annotations may contain the values again, so they are replaced,
 * too.
 */
const SECRET: Prune = {
  data: valueLengths,
  stringData: valueLengths,
  metadata: { annotations: valueLengths, managedFields: DROP },
};

function withoutSecrets(found: Outcome<KubeObject>): Outcome<KubeObject> {
  if (!found.ok) return found;
  const { kind, apiVersion } = found.value;
  const isSecret = kind === 'Secret' && apiVersion === 'v1';
  return { ...found, value: createSlimmer().copy(found.value, isSecret ? SECRET : undefined) as KubeObject };
}
