import { typeByBackup } from '../../src/faults/recognition.ts';
import type { Json, KubeObject } from '../../src/k8s/object.ts';
import type { FakeApi } from '../support/fake-api.ts';
import { isMarked } from './others.ts';
import { withoutMarks } from './snapshot.ts';
import { keyOf } from './world.ts';

/**
 * What can be wrong with a cluster while something is put back. `prunes`: the schema drops the members that a write changes. `mutates`:
 * admission makes a third value of them. `freezes`: admission lets marks through and nothing else. `rivals`: the write is stored as it
 * is, and an operator puts a third value over it at once. `lurks`: the operator does so the moment the marks are off. `robs`: backups are taken away before anything is put back.
 */
export const HOSTILITIES = ['prunes', 'mutates', 'freezes', 'rivals', 'lurks', 'robs'] as const;
export type Hostility = (typeof HOSTILITIES)[number];

export interface Hostile {
  begin(): void;
  end(): void;
}

type Alter = (former: Json | undefined, asked: Json | undefined) => Json | undefined;

const ALTER: Readonly<Record<'prunes' | 'mutates' | 'freezes', Alter>> = {
  prunes: () => undefined,
  mutates: (former, asked) => third(asked) ?? former,
  freezes: former => former,
};

/** Neither the one value nor the other. What has no obvious third value stays as it was. */
function third(asked: Json | undefined): Json | undefined {
  if (typeof asked === 'string') return Buffer.from(`third-${asked.length}`).toString('base64').replaceAll('=', '');
  return typeof asked === 'number' ? asked + 7 : undefined;
}

/** What is asked for, with every member that it changes altered. */
function altered(former: Json | undefined, asked: Json | undefined, alter: Alter): Json | undefined {
  if (JSON.stringify(former) === JSON.stringify(asked)) return asked;
  if (Array.isArray(former) && Array.isArray(asked) && former.length === asked.length)
    return asked.map((item, index) => altered(former[index], item, alter) ?? item);
  if (!isMap(former) || !isMap(asked)) return alter(former, asked);
  const keys = new Set([...Object.keys(former), ...Object.keys(asked)]);
  const members = [...keys].map(key => [key, altered(former[key], asked[key], alter)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as Json;
}

const isMap = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Makes the cluster hostile between `begin` and `end`; towards what injections mark, and nothing else. */
export function hostile(api: FakeApi, hostility: Hostility): Hostile {
  let isOn = false;
  const rivals = new Map<string, KubeObject>();
  api.admit(({ verb }, object, former) => {
    if (!isOn || hostility === 'robs' || typeByBackup(object) !== undefined) return;
    if (verb === 'create') {
      if (hostility === 'mutates') firstEntry(object);
      return;
    }
    if (former === undefined || sameButMarks(former, object)) return;
    const changed = contentOf(altered(bare(former), bare(object), ALTER[asFor(hostility, object)]));
    if (isRival(hostility)) rivals.set(keyOf(object), changed);
    else put(object, changed);
  });
  api.react((_request, { apiVersion, kind, metadata }) => {
    const key = keyOf({ kind, metadata });
    const theirs = rivals.get(key);
    if (theirs === undefined || !isOn || (hostility === 'lurks' && isMarked({ metadata }))) return;
    rivals.delete(key);
    if (api.peek({ apiVersion, kind, ...metadata }) === undefined) return;
    // They write their value, and leave alone what others noted meanwhile.
    api.change({ apiVersion, kind, ...metadata }, object => {
      const { annotations = {} } = object.metadata;
      put(object, theirs);
      object.metadata.annotations = { ...object.metadata.annotations, ...annotations };
    });
  });
  return {
    begin: () => {
      isOn = true;
      if (hostility === 'robs')
        for (const object of api.all().filter(one => typeByBackup(one) !== undefined))
          api.forget({ ...object, ...object.metadata });
    },
    end: () => {
      isOn = false;
    },
  };
}

const isRival = (hostility: Hostility): hostility is 'rivals' | 'lurks' =>
  hostility === 'rivals' || hostility === 'lurks';

/** Of the kinds that the server itself defines, none drops what it knows; it would put a default there. */
function asFor(hostility: Exclude<Hostility, 'robs'>, { kind }: KubeObject): keyof typeof ALTER {
  if (hostility === 'prunes') return ['Widget', 'ConfigMap', 'Secret'].includes(kind) ? 'prunes' : 'freezes';
  return isRival(hostility) ? 'mutates' : hostility;
}

/** All of an object that people write, without the marks of injections. */
function bare(object: KubeObject): Json {
  const { metadata, status: _status, ...content } = withoutMarks(object);
  const { labels = {}, annotations = {}, finalizers, ownerReferences } = metadata;
  const lists = { ...(finalizers ? { finalizers } : {}), ...(ownerReferences ? { ownerReferences } : {}) };
  return { ...content, metadata: { labels, annotations, ...lists } } as unknown as Json;
}

const contentOf = (value: Json | undefined) => value as unknown as KubeObject;
const sameButMarks = (a: KubeObject, b: KubeObject) => JSON.stringify(bare(a)) === JSON.stringify(bare(b));

/** Gives the object this content; its marks stay as they are. */
function put(object: KubeObject, { metadata, ...content }: KubeObject): void {
  const { labels = {}, annotations = {}, finalizers: _f, ownerReferences: _o, ...kept } = object.metadata;
  const own = withoutMarks(object).metadata;
  const marks = (all: Record<string, string>, without: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(all).filter(([key]) => !(key in without)));
  for (const key of Object.keys(object))
    if (key !== 'metadata' && key !== 'status' && !(key in content)) delete object[key];
  Object.assign(object, content);
  object.metadata = {
    ...kept,
    ...metadata,
    labels: { ...marks(labels, own.labels), ...metadata.labels },
    annotations: { ...marks(annotations, own.annotations), ...metadata.annotations },
  };
}

/** Admission gives a new Secret or ConfigMap another value. */
function firstEntry(object: KubeObject): void {
  const data = object.data as Record<string, string> | undefined;
  const [key] = Object.keys(data ?? {});
  if (data !== undefined && key !== undefined) data[key] = String(third(data[key]));
}
