import { PREFIX } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { FakeApi } from '../support/fake-api.ts';
import { comparable } from '../support/recorded.ts';
import { keyOf, type World } from './world.ts';

/** Everything in the cluster that a revert must give back, by name. */
export type Snapshot = ReadonlyMap<string, string>;

/** The cluster as it stands, less what the server itself keeps, and, where pods are killed, less the pods: they never come back. */
export function snapshotOf(api: FakeApi, world: Pick<World, 'type'>): Snapshot {
  return snapshotOfAll(api.all(), world);
}

/** The same of objects that are given. */
export function snapshotOfAll(objects: readonly KubeObject[], { type }: Pick<World, 'type'>): Snapshot {
  const kept = objects.filter(object => !(type === 'PodKill' && object.kind === 'Pod'));
  return new Map(kept.map(object => [keyOf(object), textOf(object)]));
}

/** The object without the marks of an injection. */
export function withoutMarks(object: KubeObject): KubeObject {
  const without = (entries: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => !key.startsWith(PREFIX)));
  const { labels, annotations } = object.metadata;
  return { ...object, metadata: { ...object.metadata, labels: without(labels), annotations: without(annotations) } };
}

/** What differs between two shots, each in a line; empty when all is as it was. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter(key => before.get(key) !== after.get(key))
    .map(key => `${key}: was ${before.get(key) ?? '(not there)'}, is ${after.get(key) ?? '(not there)'}`);
}

/** An object as text, members in order of their names, without what only the server keeps. */
export function textOf(object: KubeObject): string {
  const { metadata, ...rest } = comparable(object) as KubeObject;
  // What is empty is not there.
  const meta = Object.entries(metadata).filter(([, value]) => JSON.stringify(value) !== '{}');
  return JSON.stringify(sorted({ ...rest, metadata: Object.fromEntries(meta) }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
