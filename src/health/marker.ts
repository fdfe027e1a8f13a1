import { typesByAnnotation } from '../faults/recognition.ts';
import { hasOnlyCopiedMarks } from '../injection/record/copied-marks.ts';
import { MAYDAY, ORIGINAL_SECRET, ROLLBACK_DATA, TYPE_LABEL } from '../injection/record/markers.ts';
import { provenance } from '../injection/record/provenance.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';

const LOCK_OR_RESULT = /^(chaos-result-|operator-chaos-lock-)/;

/** An injection, as the metadata of the marked object records it. Times are milliseconds since the epoch. */
export interface Marker {
  uid: string;
  type: Clean;
  object: ObjectRef;
  tool: 'mayday' | 'operator-chaos';
  experiment?: Clean;
  run?: string;
  by?: Clean;
  host?: Clean;
  at?: number;
  expires?: number;
}

/**
 * Reads the marker on an object, or undefined when it carries none. Labels and annotations are the framework's own;
 * the record `mayday` inside the undo record adds the user, the time and the expiry.
 */
export function markerOf(object: KubeObject): Marker | undefined {
  // Marks that a controller copied are reported on the object that they were copied from.
  if (hasOnlyCopiedMarks(object)) return undefined;
  const { metadata } = object;
  const annotations = metadata.annotations ?? {};
  const type = typeOf(metadata.labels ?? {}, annotations);
  // The rollback Secret of a drifted Secret belongs to an injection whose victim has its own record.
  if (type === undefined || LOCK_OR_RESULT.test(metadata.name) || annotations[ORIGINAL_SECRET] !== undefined)
    return undefined;
  const { tool, experiment, run, by, host, injectedAt: at, expiresAt: expires } = provenance(object);
  return {
    uid: metadata.uid ?? '',
    type,
    object: cleanRef(object),
    tool,
    ...(experiment && { experiment }),
    ...(run && { run }),
    ...(by && { by }),
    ...(host && { host }),
    ...(at !== undefined && { at }),
    ...(expires !== undefined && { expires }),
  };
}

function typeOf(labels: Record<string, string>, annotations: Record<string, string>): Clean | undefined {
  const label = labels[TYPE_LABEL];
  if (label !== undefined) return sanitise(label);
  const [byAnnotation] = typesByAnnotation(Object.keys(annotations));
  if (byAnnotation !== undefined) return byAnnotation as Clean;
  if (annotations[ROLLBACK_DATA] !== undefined || annotations[MAYDAY] !== undefined) return 'unknown' as Clean;
  return undefined;
}

function cleanRef({ apiVersion, kind, metadata }: KubeObject): ObjectRef {
  return {
    apiVersion: sanitise(apiVersion),
    kind: sanitise(kind),
    name: sanitise(metadata.name),
    ...(metadata.namespace !== undefined && { namespace: sanitise(metadata.namespace) }),
    ...(metadata.uid !== undefined && { uid: metadata.uid }),
  };
}
