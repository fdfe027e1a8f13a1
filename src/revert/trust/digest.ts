import { isRecordKey } from '../../faults/recognition.ts';
import { sha256 } from '../../injection/record/envelope.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { ORIGINAL_SECRET, TYPE_LABEL } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';

/**
 * One digest over everything on a carrier that decides what its record restores. A person's confirmation is for this
 * digest, so it is not valid for a record that was changed after it was shown.
 */
export function recordDigest(object: KubeObject): string {
  const { metadata, data } = object;
  const { uid = '', labels = {}, annotations = {} } = metadata;
  const records = Object.entries(annotations)
    .filter(([key]) => isRecordKey(key) || key === ORIGINAL_SECRET)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(goJson([uid, labels[TYPE_LABEL] ?? '', records, (data ?? null) as GoValue]));
}
