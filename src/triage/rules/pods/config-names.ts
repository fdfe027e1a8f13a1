import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { fields } from '../../../k8s/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { Answers, NamedRead } from '../../run/named-read.ts';
import type { MissingConfig } from './missing-config.ts';

/** Secrets are not in the view, so their names in the namespace, or the keys of the one, are read. */
export function* readsFor(namespace: string, { kind, name, key }: MissingConfig): Iterable<NamedRead> {
  if (kind !== 'Secret') return;
  if (key === undefined) yield { is: 'instances', apiVersion: 'v1', kind: 'Secret', namespace };
  else if (name !== undefined) yield { is: 'object', ref: { apiVersion: 'v1', kind: 'Secret', namespace, name } };
}

/** What exists in place of a missing object or key: a similar name, all names, or why they are not known. */
export interface Alternatives {
  near: string | undefined;
  existing: readonly string[];
  unread: string | undefined;
}

/** Looks for the key or the object that was probably meant. Only names are used, never values. */
export function alternativesFor(
  view: ClusterView,
  answers: Answers,
  namespace: string,
  missing: MissingConfig,
): Alternatives {
  const { kind, name, key } = missing;
  const found =
    kind === 'ConfigMap' ? configMapNames(view, namespace, name, key) : secretNames(answers, namespace, missing);
  if (typeof found === 'string') return { near: undefined, existing: [], unread: found };
  return { near: nearest(key ?? name ?? '', found), existing: found, unread: undefined };
}

function configMapNames(
  view: ClusterView,
  namespace: string,
  name: string | undefined,
  key: string | undefined,
): string[] | string {
  const sync = view.sync('ConfigMap');
  if (sync.state === 'blind') return `ConfigMaps: ${sync.reason}`;
  if (key === undefined) return view.inNamespace('ConfigMap', namespace).map(one => one.metadata.name);
  const map = name === undefined ? undefined : view.get('ConfigMap', namespace, name);
  return map ? keysOf(map) : [];
}

const keysOf = (object: { readonly [field: string]: unknown }): string[] => {
  const { data, binaryData } = object;
  const names = (value: unknown) => (Array.isArray(value) ? value.map(String) : Object.keys(fields(value)));
  return [...names(data), ...names(binaryData)];
};

function secretNames(answers: Answers, namespace: string, { name, key }: MissingConfig): string[] | string {
  if (key === undefined) {
    const read = answers.instances({ is: 'instances', apiVersion: 'v1', kind: 'Secret', namespace });
    if (read === undefined) return [];
    return read.ok ? read.value.map(one => one.metadata.name) : `names of the Secrets in ${namespace}: ${read.message}`;
  }
  const read = name === undefined ? undefined : answers.object({ apiVersion: 'v1', kind: 'Secret', namespace, name });
  if (read === undefined) return [];
  return read.ok ? keysOf(read.value) : `keys of Secret ${namespace}/${name}: ${read.message}`;
}
