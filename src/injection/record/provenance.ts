import { typesByAnnotation } from '../../faults/recognition.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { readEnvelope, readMayday } from './envelope.ts';
import { EXPIRES, MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from './markers.ts';

/** Who left an injection, for which experiment, and when. Times are milliseconds since the epoch. */
export interface Provenance {
  tool: 'mayday' | 'operator-chaos';
  experiment?: Clean;
  run?: Clean;
  by?: Clean;
  host?: Clean;
  injectedAt?: number;
  expiresAt?: number;
}

const isRecord = (key: string): boolean => key === ROLLBACK_DATA || typesByAnnotation([key]).length > 0;

const stamp = (text: string | undefined): number | undefined => {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
};

/**
 * When the marks were written, for objects without facts of mayday: the time of the managedFields entries that own the
 * marks; without such an entry, the creation time of an object that carries no undo record.
 */
function markedSince(object: KubeObject): number | undefined {
  const { annotations = {}, labels = {}, creationTimestamp, managedFields = [] } = object.metadata;
  const marks = [
    ...Object.keys(annotations)
      .filter(isRecord)
      .map(key => ['f:annotations', `f:${key}`]),
    ...(labels[TYPE_LABEL] === undefined ? [] : [['f:labels', `f:${TYPE_LABEL}`]]),
  ];
  const owners = managedFields.filter(({ fieldsV1 }) =>
    marks.some(([map = '', key = '']) => isOwned(fieldsV1, map, key)),
  );
  const times = owners.flatMap(({ time }) => stamp(time) ?? []);
  if (times.length > 0) return Math.min(...times);
  return Object.keys(annotations).some(isRecord) ? undefined : stamp(creationTimestamp);
}

function isOwned(fields: unknown, map: string, key: string): boolean {
  const metadata = (fields as { 'f:metadata'?: Record<string, Record<string, unknown>> } | undefined)?.['f:metadata'];
  return metadata?.[map]?.[key] !== undefined;
}

/**
 * Who left an injection and when, from mayday's facts. The framework records at most when the injection expires; for its injections,
 * managedFields show when the marks were written.
 */
export function provenance(object: KubeObject): Provenance {
  const annotations = object.metadata.annotations ?? {};
  const record = annotations[ROLLBACK_DATA];
  const envelope = record === undefined ? undefined : readEnvelope(record);
  const facts = (envelope?.ok ? envelope.mayday : undefined) ?? readMayday(annotations[MAYDAY]);
  const expiresAt = stamp(facts?.expires ?? annotations[EXPIRES]);
  const expires = expiresAt === undefined ? {} : { expiresAt };
  if (!facts) {
    const since = markedSince(object);
    return { tool: 'operator-chaos', ...(since === undefined ? {} : { injectedAt: since }), ...expires };
  }
  const injectedAt = stamp(facts.at);
  return {
    tool: 'mayday',
    experiment: sanitise(facts.experiment),
    run: sanitise(facts.run),
    by: sanitise(facts.by),
    host: sanitise(facts.host),
    ...(injectedAt === undefined ? {} : { injectedAt }),
    ...expires,
  };
}
