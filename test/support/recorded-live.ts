import { sha256 } from '../../src/injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import { members } from '../../src/injection/record/raw-members.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { definition, version } from './definition.ts';
import { comparable } from './recorded.ts';

/** The recordings were made in this namespace, and their records name it under a checksum. */
export const NAMESPACE = 'shop';

/** Enough of the kind that the recordings use: a required field, and an integer of 64 bits. */
export const WIDGETS: KubeObject = definition('demo.example.com', 'Widget', [
  version('v1', {
    schema: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          'x-kubernetes-preserve-unknown-fields': true,
          required: ['mode'],
          properties: { mode: { type: 'string' }, size: { type: 'integer', format: 'int64' } },
        },
      },
    },
  }),
]);

/** What one of the recorded objects looks like to the server that is to make it. */
export const asNew = (object: KubeObject): KubeObject => comparable(object) as KubeObject;

/** The object with the uids that this cluster gave, under a new checksum where the record holds one. */
export function withUids(object: KubeObject, uids: ReadonlyMap<string, string>): KubeObject {
  let text = JSON.stringify(object);
  for (const [theirs, ours] of uids) text = text.replaceAll(theirs, ours);
  const copy = JSON.parse(text) as KubeObject;
  const record = copy.metadata.annotations?.[ROLLBACK_DATA];
  const found = record === undefined ? [] : members(record);
  const raw = typeof found === 'string' ? undefined : found.find(({ name }) => name === 'data')?.raw;
  if (raw !== undefined && copy.metadata.annotations !== undefined)
    copy.metadata.annotations[ROLLBACK_DATA] = `{"data":${raw},"checksum":"${sha256(raw)}"}`;
  return copy;
}

/** The object as its team applies it next: everything that an injection may touch has another value. */
export function changedByTeam(object: KubeObject): KubeObject {
  // biome-ignore lint/suspicious/noExplicitAny: objects of many kinds
  const copy = structuredClone(asNew(object)) as any;
  const each = (map: Record<string, string> | undefined, change: (text: string) => string) => {
    for (const key of Object.keys(map ?? {})) if (map) map[key] = change(map[key] ?? '');
  };
  each(copy.metadata.labels, text => `${text}2`);
  each(copy.data, text => (copy.kind === 'Secret' ? btoa(`${atob(text)}2`) : `${text}2`));
  for (const owner of copy.metadata.ownerReferences ?? []) owner.blockOwnerDeletion = owner.blockOwnerDeletion !== true;
  for (const subject of copy.subjects ?? []) subject.name = `${subject.name}2`;
  for (const webhook of copy.webhooks ?? [])
    webhook.failurePolicy = webhook.failurePolicy === 'Fail' ? 'Ignore' : 'Fail';
  if (copy.kind === 'Deployment' && copy.spec !== undefined) {
    copy.spec.replicas += 1;
    for (const container of copy.spec.template.spec.containers)
      Object.assign(container, { image: `${container.image}2`, command: ['/other'] });
  }
  if (copy.kind === 'Lease') copy.spec = { ...(object.spec as object), leaseDurationSeconds: 99 };
  if (copy.kind === 'Widget') copy.spec = { ...copy.spec, mode: 'other', size: 99 };
  return copy;
}
