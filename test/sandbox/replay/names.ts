import type { SandboxContext } from '../../../src/sandbox/context.ts';

/** What was random in the recording and stands for itself here: uids, versions, generated names, page tokens. */
export interface Names {
  /** A recorded request in the words of this run. */
  translate(text: string): string;
  /** Remembers that this object here is that object of the recording. */
  learn(recorded: unknown, live: unknown): void;
  /** A body with everything random replaced by what it stands for. */
  neutral(body: unknown, side: 'recorded' | 'live'): unknown;
}

interface Meta {
  name?: string;
  uid?: string;
  resourceVersion?: string;
  continue?: string;
}

/** Hashes of the two pod templates of the recording, by revision. */
const RECORDED_HASHES = ['678f6b564', '5bc889c6cc'];
const RECORDED_PODS = ['web-678f6b564-4jm2n', 'web-678f6b564-sg8rj', 'web-5bc889c6cc-rq6d4'];

const metaOf = (value: unknown): Meta =>
  (typeof value === 'object' && value !== null && 'metadata' in value ? (value.metadata as Meta) : {}) ?? {};

/** Hashes of the same templates here. */
function liveHashes(context: SandboxContext): string[] {
  const sets = context.store.list('replicasets.apps', 'ex');
  const revision = (n: number) =>
    sets.find(s => s.metadata.annotations?.['deployment.kubernetes.io/revision'] === String(n));
  return [1, 2].map(n => revision(n)?.metadata.labels?.['pod-template-hash'] ?? '');
}

export function createNames(context: SandboxContext): Names {
  const words = new Map<string, string>();
  const pods = new Map<string, string>();

  const podFor = (recorded: string): string => {
    const known = pods.get(recorded);
    if (known) return known;
    const index = RECORDED_HASHES.findIndex(hash => recorded.includes(hash));
    const hash = liveHashes(context)[index];
    const taken = new Set(pods.values());
    const pod = context.store
      .list('pods', 'ex')
      .find(p => p.metadata.labels?.['pod-template-hash'] === hash && !taken.has(p.metadata.name));
    if (!pod) return recorded;
    pods.set(recorded, pod.metadata.name);
    return pod.metadata.name;
  };

  const pair = (recorded: Meta, live: Meta) => {
    for (const field of ['uid', 'resourceVersion', 'continue'] as const) {
      const [from, to] = [recorded[field], live[field]];
      if (from && to) words.set(from, to);
    }
  };

  return {
    translate(text) {
      let result = text;
      for (const recorded of RECORDED_PODS)
        if (result.includes(recorded)) result = result.replaceAll(recorded, podFor(recorded));
      for (const [from, to] of words)
        result = /^\d+$/.test(from)
          ? result
              .replaceAll(`resourceVersion=${from}`, `resourceVersion=${to}`)
              .replaceAll(`"resourceVersion":"${from}"`, `"resourceVersion":"${to}"`)
          : result.replaceAll(from, to);
      return result;
    },
    learn(recorded, live) {
      pair(metaOf(recorded), metaOf(live));
      const items = (value: unknown) =>
        typeof value === 'object' && value !== null && 'items' in value && Array.isArray(value.items)
          ? value.items
          : [];
      for (const item of items(recorded)) {
        const name = metaOf(item).name ?? '';
        const here = RECORDED_PODS.includes(name) ? podFor(name) : name;
        pair(metaOf(item), metaOf(items(live).find(other => metaOf(other).name === here)));
      }
    },
    neutral(body, side) {
      const hashes = side === 'recorded' ? RECORDED_HASHES : liveHashes(context);
      let text = JSON.stringify(body) ?? 'null';
      for (const [i, hash] of hashes.entries()) {
        if (!hash) continue;
        text = text.replace(new RegExp(`${hash}-[a-z0-9]{5}\\b`, 'g'), `hash${i}-pod`).replaceAll(hash, `hash${i}`);
      }
      return scrub(JSON.parse(text));
    },
  };
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;

const scrubText = (text: string): string =>
  text
    .replace(UID, '<uid>')
    .replace(TIME, '<time>')
    .replace(/gen-[a-z0-9]{5}/g, 'gen-<random>')
    .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<random>')
    .replace(/10\.(96|244)\.\d+\.\d+/g, '<address>')
    .replace(/\.[0-9a-f]{16}$/, '.<hex>')
    .replace(/node-[123]/g, 'node-<n>')
    .replace(/in record \(\d+\)/, 'in record (<version>)');

// The recording has simulated kubelets under another name, which write everything at once.
const NODE_SIDE = new Set(['kwok', 'kubelet', 'kube-scheduler']);
const AGE = /^(\d+[smhdy])+$/;
const RANDOM = new Set(['resourceVersion', 'continue']);
const itemKey = (value: unknown): string =>
  JSON.stringify([(value as { type?: string }).type, metaOf(value).name, value]);

function scrub(value: unknown, key = ''): unknown {
  if (typeof value === 'string') {
    if (RANDOM.has(key) && value !== '') return '<version>';
    if (key === 'ca.crt') return '<certificate>';
    return scrubText(value);
  }
  if (Array.isArray(value)) {
    const items = value.map(item => scrub(item));
    // Generated names decide the order of these, so they are put in the order of what they stand for.
    if (key === 'managedFields') {
      const others = items.filter(entry => !NODE_SIDE.has((entry as { manager: string }).manager));
      return others.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    }
    if (key === 'cells') return items.map(cell => (AGE.test(String(cell)) ? '<age>' : cell));
    return key === 'items' || key === 'rows' ? items.sort((a, b) => (itemKey(a) < itemKey(b) ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [scrubText(name), scrub(member, name)]));
}
