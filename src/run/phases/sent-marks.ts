import { isRecordKey } from '../../faults/recognition.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import type { Write } from '../../injection/write/write.ts';
import { type Operation, pointerSteps } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';

type Texts = Record<string, string>;

/** The labels or annotations that a write puts on its object. */
function sent(write: Write, map: 'labels' | 'annotations'): Texts {
  if (write.verb === 'delete') return {};
  if (write.verb !== 'patch') return { ...write.body.metadata[map] };
  if (write.patchType !== 'json') return {};
  const entries = (write.body as unknown as Operation[]).flatMap(operation => {
    const [metadata, member, key] = pointerSteps(operation.path);
    if (metadata !== 'metadata' || member !== map) return [];
    if (operation.op !== 'add' && operation.op !== 'replace') return [];
    return key === undefined ? Object.entries(operation.value as Texts) : [[key, operation.value as string] as const];
  });
  return Object.fromEntries(entries);
}

const only = (texts: Texts, isMeant: (key: string) => boolean): Texts =>
  Object.fromEntries(Object.entries(texts).filter(([key]) => isMeant(key)));

/**
 * The object as the server answered a write, with the marks that the write sent: a mutating webhook or policy may have
 * removed them, and then only this copy in memory holds the original.
 */
export function withSentMarks(write: Write, answer: KubeObject): KubeObject {
  const labels = only(sent(write, 'labels'), key => key === TYPE_LABEL);
  const annotations = only(sent(write, 'annotations'), isRecordKey);
  const { metadata } = answer;
  return {
    ...answer,
    metadata: {
      ...metadata,
      labels: { ...labels, ...metadata.labels },
      annotations: { ...annotations, ...metadata.annotations },
    },
  };
}

/** Whether the answer to a write lacks an undo record that the write sent. */
export const lacksRecord = (write: Write, { metadata: { annotations = {} } }: KubeObject): boolean =>
  Object.keys(only(sent(write, 'annotations'), isRecordKey)).some(key => annotations[key] === undefined);
