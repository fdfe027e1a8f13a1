import { causesInOrder, isUnordered, sorted } from './order.ts';
import type { Answer, Step } from './step.ts';
import { at, isObject, type Json } from './value.ts';

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
const PRECISE_TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/g;
const QUOTED = /Invalid value: "(?:\{\\".*?\}|map\[.*?\])":/g;
const RANDOM_SUFFIX = /[a-z0-9]{5}$/;
const AGE = /^(\d+[smhdy])+$|^<invalid>$/;

/** Members that name a revision of a template by its hash. */
const REVISIONS = new Set(['currentRevision', 'updateRevision', 'controller.kubernetes.io/hash']);

/** Members whose whole value is made up by the server. */
const MADE_UP: Readonly<Record<string, string>> = {
  continue: '<continue>',
  resourceVersion: '<version>',
  token: '<token>',
  'ca.crt': '<certificate>',
  caBundle: '<certificate>',
};

/** Replaces what differs from run to run by names for it, which are the same in every run of a scenario. */
export interface Normaliser {
  normal(step: Step, answer: Answer): Answer;
}

export function createNormaliser(): Normaliser {
  /** What a text of this run is called, the longest first. */
  const names = new Map<string, string>();
  /** The versions of an object that were seen, in order. */
  const versions = new Map<string, string[]>();
  /** Prefixes of generated names. */
  const generated = new Set<string>();

  const learnObject = (value: Json, alone: boolean, step: string): void => {
    const meta = value.metadata;
    if (!isObject(meta)) return;
    const { uid, resourceVersion, name, generateName, labels } = meta;
    if (
      typeof name === 'string' &&
      typeof generateName === 'string' &&
      RANDOM_SUFFIX.test(name) &&
      name.startsWith(generateName)
    )
      names.set(name, `${generateName}<random>`);
    if (isObject(labels)) learnHashes(labels);
    if (!alone || typeof uid !== 'string') return;
    if (!names.has(uid)) names.set(uid, `<uid of ${step}>`);
    const seen = versions.get(uid) ?? [];
    if (typeof resourceVersion === 'string' && !seen.includes(resourceVersion)) seen.push(resourceVersion);
    versions.set(uid, seen);
  };

  const learnHashes = (labels: Json): void => {
    const hash = labels['pod-template-hash'];
    if (typeof hash === 'string' && !names.has(hash)) names.set(hash, '<hash>');
    const revision = labels['controller-revision-hash'];
    if (typeof revision !== 'string' || names.has(revision)) return;
    names.set(revision, revision.replace(/[^-]+$/, '<hash>'));
    const [bare] = /[^-]+$/.exec(revision) ?? [];
    if (bare && bare.length > 5) names.set(bare, '<hash>');
  };

  const learn = (value: unknown, alone: boolean, step: string): void => {
    if (Array.isArray(value)) for (const item of value) learn(item, false, step);
    if (!isObject(value)) return;
    learnObject(value, alone, step);
    for (const member of [value.items, value.rows, value.object]) learn(member, false, step);
  };

  const text = (value: string): string => {
    let result = value;
    const known = [...names].sort(([a], [b]) => b.length - a.length);
    for (const [from, to] of known) if (result.includes(from)) result = result.replaceAll(from, to);
    for (const prefix of generated)
      result = result.replace(new RegExp(`(?<![\\w-])${prefix}[a-z0-9]{5}\\b`, 'g'), `${prefix}<random>`);
    return (
      result
        .replace(UID, '<uid>')
        .replace(PRECISE_TIME, '<precise time>')
        .replace(TIME, '<time>')
        .replace(/(ReplicaSet "[\w-]+-)[a-z0-9]{6,10}"/g, '$1<hash>"')
        .replace(/<hash>-[a-z0-9]{5}\b/g, '<hash>-<random>')
        .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<random>')
        .replace(/\b(127\.0\.0\.1|localhost|10\.0\.0\.1):\d+/g, '<server>')
        .replace(/\b10\.(96|244)\.\d+\.\d+/g, '<address>')
        .replace(/\bnode-\d\b/g, 'node-<n>')
        // The members of an object that a refusal quotes are in the order of the server's own types.
        .replace(QUOTED, 'Invalid value: "<object>":')
        .replace(/(resourceVersion: )"\d+"/g, '$1<version>')
        .replace(/\.[0-9a-f]{16}\b/g, '.<hex>')
        .replace(/\bcurrent: \d+/, 'current: <version>')
        .replace(/in record \(\d+\)/, 'in record (<version>)')
        .replace(/ResourceVersion: \d+/, 'ResourceVersion: <version>')
    );
  };

  const version = (meta: Json): string => {
    const seen = versions.get(String(meta.uid));
    const index = seen?.indexOf(String(meta.resourceVersion)) ?? -1;
    return index < 0 ? '<version>' : `<version ${index + 1}>`;
  };

  const member = (parent: Json, key: string, value: unknown): unknown => {
    if (key === 'nodePort' && typeof value === 'number' && value >= 30_000) return '<port>';
    if (typeof value === 'string' && value !== '' && key in MADE_UP)
      return key === 'resourceVersion' ? version(parent) : MADE_UP[key];
    if (REVISIONS.has(key)) return String(value).replace(/[^-]+$/, '<hash>');
    if (/\bcells\.\d+$/.test(key) && AGE.test(String(value))) return '<age>';
    return Array.isArray(value) ? list(key, value) : scrub(value);
  };

  const list = (key: string, value: unknown[]): unknown => {
    if (/\bcells$/.test(key)) return value.map(cell => (AGE.test(String(cell)) ? '<age>' : scrub(cell)));
    if (isUnordered(key)) return sorted(value.map(scrub));
    // Prose; what a column is, its name, type and format say.
    if (key === 'columnDefinitions') return value.map(column => scrub({ ...(column as Json), description: '' }));
    const inner = value.map(scrub);
    const shuffled = (key === 'items' || key === 'rows') && JSON.stringify(inner).includes('<random>');
    return shuffled ? sorted(inner) : inner;
  };

  const scrub = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(scrub);
    if (!isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), member(value, key, inner)]));
  };

  return {
    normal(step, answer) {
      learn(answer.body, true, step.name);
      const made = prefixOf(step.body);
      if (made) generated.add(made);
      const whole = causesInOrder(answer.body);
      const body = step.only ? Object.fromEntries(step.only.map(path => [path, at(whole, path)])) : whole;
      return {
        status: answer.status,
        headers: scrub(answer.headers) as Record<string, string>,
        body: causesInOrder(JSON.parse(JSON.stringify(scrub(body)) ?? 'null')),
      };
    },
  };
}

function prefixOf(body: unknown): string | undefined {
  const prefix = at(body, 'metadata.generateName');
  return typeof prefix === 'string' ? prefix : undefined;
}
