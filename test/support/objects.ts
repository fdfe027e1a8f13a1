import { writeEnvelope } from '../../src/injection/record/envelope.ts';
import type { GoValue } from '../../src/injection/record/go-json.ts';
import { MANAGED_BY, MANAGER, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

const NAMESPACE = 'shop';

/** An object in the shop. */
export function inShop(apiVersion: string, kind: string, name: string, more: Record<string, unknown> = {}): KubeObject {
  const { metadata, ...rest } = more;
  return { apiVersion, kind, metadata: { name, namespace: NAMESPACE, ...(metadata as object) }, ...rest };
}

export const at = (object: KubeObject) => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
  name: object.metadata.name,
});

/** The object as the framework leaves it: its record and its two labels on. */
export function marked(object: KubeObject, type: string, payload: GoValue, keys?: 'as-given'): KubeObject {
  const { labels, annotations } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...labels, [MANAGED_BY]: MANAGER, [TYPE_LABEL]: type },
      annotations: { ...annotations, [ROLLBACK_DATA]: writeEnvelope(payload, undefined, keys) },
    },
  };
}

/** What every type refuses: traces of an earlier injection of any type, and an object that is on its way out. */
export const UNFIT: readonly [string, Partial<KubeObject['metadata']>, RegExp][] = [
  ['an undo record of any type', { annotations: { [ROLLBACK_DATA]: 'x' } }, /^already-injected: .*rollback-data/],
  [
    'a plain record of another type',
    { annotations: { 'chaos.operatorchaos.io/original-replicas': '3' } },
    /^already-injected: .*original-replicas/,
  ],
  ['the type label alone', { labels: { [TYPE_LABEL]: 'ConfigDrift' } }, /^already-injected: .*ConfigDrift/],
  ['a Terminating object', { deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['a/b'] }, /^terminating: /],
];

/** The object with more metadata, maps merged. */
export function withMeta(object: KubeObject, meta: Partial<KubeObject['metadata']>): KubeObject {
  const { labels, annotations } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...meta,
      ...(meta.labels === undefined && labels === undefined ? {} : { labels: { ...labels, ...meta.labels } }),
      ...(meta.annotations === undefined && annotations === undefined
        ? {}
        : { annotations: { ...annotations, ...meta.annotations } }),
    },
  };
}

/** managedFields in which `manager` wrote `fields`. */
export const wrote = (manager: string, fieldsV1: object) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1,
});

/** managedFields of the undo record, as its writer owns it. */
export const RECORD_FIELD = { 'f:annotations': { [`f:${ROLLBACK_DATA}`]: {} } };
