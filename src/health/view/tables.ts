import type { Fields } from '../../k8s/fields.ts';
import type { ViewObject } from './cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { matchesSelector, requirementsOf } from './selector.ts';

const SERVICE_NAME = 'kubernetes.io/service-name';
const NONE: readonly never[] = [];

/** Sets of uids by key. */
class Index {
  readonly #sets = new Map<string, Set<string>>();

  add(key: string, uid: string): void {
    const set = this.#sets.get(key);
    if (set) set.add(uid);
    else this.#sets.set(key, new Set([uid]));
  }

  drop(key: string, uid: string): void {
    const set = this.#sets.get(key);
    set?.delete(uid);
    if (set?.size === 0) this.#sets.delete(key);
  }

  at(key: string): ReadonlySet<string> | undefined {
    return this.#sets.get(key);
  }
}

/** One index entry of an object, besides its uid. */
type Entry = readonly [index: 'name' | 'namespace' | 'owner' | 'service', key: string];

function entriesOf(kind: ViewKind, { metadata }: ViewObject): Entry[] {
  const { namespace, name, labels, ownerReferences } = metadata;
  const service = kind === 'EndpointSlice' ? labels[SERVICE_NAME] : undefined;
  return [
    ['name', `${kind}/${namespace ?? ''}/${name}`],
    ...(namespace === undefined ? [] : ([['namespace', `${kind}/${namespace}`]] as const)),
    ...ownerReferences.map(({ uid }) => ['owner', uid] as const),
    ...(service === undefined ? [] : ([['service', `${namespace ?? ''}/${service}`]] as const)),
  ];
}

/** All objects of the view with their indexes, updated as objects are added, changed and removed. */
export class Tables {
  readonly #kinds = new Map<ViewKind, Map<string, ViewObject>>();
  readonly #kindOf = new Map<string, ViewKind>();
  readonly #indexes = { name: new Index(), namespace: new Index(), owner: new Index(), service: new Index() };
  /** Pods by `key=value` of their labels, for each namespace; built on first use and dropped when labels change. */
  readonly #podLabels = new Map<string, Index>();

  constructor() {
    for (const kind of Object.keys(VIEW_KINDS) as ViewKind[]) this.#kinds.set(kind, new Map());
  }

  put(kind: ViewKind, object: ViewObject): void {
    const { uid } = object.metadata;
    const before = this.byUid(uid);
    if (before !== undefined) this.#unlink(before, object);
    this.#kindOf.set(uid, kind);
    this.#of(kind).set(uid, object);
    for (const [index, key] of entriesOf(kind, object)) this.#indexes[index].add(key, uid);
    if (kind === 'Pod' && before?.metadata.labels !== object.metadata.labels) this.#forgetLabels(object);
  }

  remove(uid: string): void {
    const object = this.byUid(uid);
    const kind = this.#kindOf.get(uid);
    if (object === undefined || kind === undefined) return;
    this.#unlink(object);
    this.#of(kind).delete(uid);
    this.#kindOf.delete(uid);
    if (kind === 'Pod') this.#forgetLabels(object);
  }

  /** Removes an object from the indexes, except for entries that its successor also has. */
  #unlink(object: ViewObject, successor?: ViewObject): void {
    const kind = this.#kindOf.get(object.metadata.uid);
    if (kind === undefined) return;
    const kept = successor === undefined ? [] : entriesOf(kind, successor).map(entry => entry.join(' '));
    for (const [index, key] of entriesOf(kind, object))
      if (!kept.includes(`${index} ${key}`)) this.#indexes[index].drop(key, object.metadata.uid);
  }

  #of(kind: ViewKind): Map<string, ViewObject> {
    const table = this.#kinds.get(kind);
    if (table === undefined) throw new Error(`the view has no kind ${kind}`);
    return table;
  }

  #at(index: Entry[0], key: string): readonly ViewObject[] {
    const uids = this.#indexes[index].at(key);
    return uids === undefined ? NONE : [...uids].flatMap(uid => this.byUid(uid) ?? []);
  }

  all(kind: ViewKind): Iterable<ViewObject> {
    return this.#of(kind).values();
  }

  *allOf(kinds: readonly ViewKind[]): Iterable<ViewObject> {
    for (const kind of kinds) yield* this.all(kind);
  }

  count(kind: ViewKind): number {
    return this.#of(kind).size;
  }

  /** The object of this name. When two have it (one was deleted and created again), the newer one. */
  get(kind: ViewKind, namespace: string | undefined, name: string): ViewObject | undefined {
    const [first, ...others] = this.#at('name', `${kind}/${namespace ?? ''}/${name}`);
    return others.reduce((a, b) => (madeAt(b) > madeAt(a) ? b : a), first as ViewObject);
  }

  byUid(uid: string): ViewObject | undefined {
    const kind = this.#kindOf.get(uid);
    return kind === undefined ? undefined : this.#of(kind).get(uid);
  }

  inNamespace(kind: ViewKind, namespace: string): readonly ViewObject[] {
    return this.#at('namespace', `${kind}/${namespace}`);
  }

  ownedBy(uid: string): readonly ViewObject[] {
    return this.#at('owner', uid);
  }

  ownersOf(object: ViewObject): readonly ViewObject[] {
    const chain: ViewObject[] = [];
    for (let next: ViewObject | undefined = object; next !== undefined; ) {
      next = this.#ownerOf(next);
      if (next === undefined || next === object || chain.includes(next)) return chain;
      chain.push(next);
    }
    return chain;
  }

  #ownerOf({ metadata: { ownerReferences } }: ViewObject): ViewObject | undefined {
    const owner = ownerReferences.find(one => one.controller === true) ?? ownerReferences[0];
    return owner === undefined ? undefined : this.byUid(owner.uid);
  }

  slicesOf(namespace: string, service: string): readonly ViewObject[] {
    return this.#at('service', `${namespace}/${service}`);
  }

  podsMatching(namespace: string, selector: Fields): readonly ViewObject[] {
    const labels = this.#labelsIn(namespace);
    const sets = requirementsOf(selector)
      .filter(({ operator, values }) => operator === 'In' && values.length === 1)
      .map(({ key, values }) => labels.at(`${key}=${values[0]}`));
    if (sets.includes(undefined)) return NONE;
    const smallest = (sets as ReadonlySet<string>[]).sort((a, b) => a.size - b.size)[0];
    const candidates =
      smallest === undefined ? this.inNamespace('Pod', namespace) : [...smallest].flatMap(uid => this.byUid(uid) ?? []);
    return candidates.filter(pod => matchesSelector(selector, pod.metadata.labels));
  }

  #labelsIn(namespace: string): Index {
    const known = this.#podLabels.get(namespace);
    if (known !== undefined) return known;
    const index = new Index();
    for (const { metadata } of this.inNamespace('Pod', namespace))
      for (const [key, value] of Object.entries(metadata.labels)) index.add(`${key}=${value}`, metadata.uid);
    this.#podLabels.set(namespace, index);
    return index;
  }

  #forgetLabels({ metadata }: ViewObject): void {
    this.#podLabels.delete(metadata.namespace ?? '');
  }
}

const madeAt = ({ metadata }: ViewObject): number => Date.parse(metadata.creationTimestamp ?? '') || 0;
