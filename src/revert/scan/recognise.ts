import {
  isRecordKey,
  leavesObject,
  typeByBackup,
  typeByCreation,
  typeByRecord,
  typesByAnnotation,
} from '../../faults/recognition.ts';
import type { FaultType } from '../../faults/types.ts';
import { asFaultType } from '../../faults/types.ts';
import { type FoundInjection, injectionId } from '../../injection/found-injection.ts';
import { hasOnlyCopiedMarks, isRewritten } from '../../injection/record/copied-marks.ts';
import { readEnvelope, readMayday } from '../../injection/record/envelope.ts';
import { MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from '../../injection/record/markers.ts';
import { provenance } from '../../injection/record/provenance.ts';
import { whyUnreadable } from '../../injection/record/unreadable.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';

/** The evidence of one mark on an object. */
interface Evidence {
  type: FaultType | 'unknown';
  source: string;
  /** Why the mark cannot be trusted. */
  corrupt?: string;
  lost?: true;
  unreadable?: true;
}

/** Whether the metadata is reason to read the whole object. */
export function isSuspect(object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): boolean {
  if (hasOnlyCopiedMarks(object)) return false;
  const { labels = {}, annotations = {} } = object.metadata;
  return (
    labels[TYPE_LABEL] !== undefined || Object.keys(annotations).some(isRecordKey) || typeByBackup(object) !== undefined
  );
}

/**
 * Every injection that this object carries: by the undo record in `rollback-data`, by plain annotations, or because an
 * injection created the object. Needs the full object. If label and content disagree, the injection is `corrupt` and
 * its message says so.
 */
export function recognise(object: KubeObject): FoundInjection[] {
  if (hasOnlyCopiedMarks(object)) return [];
  try {
    return evidenceOn(object).map(clue => toFinding(object, clue));
  } catch (error) {
    return [unreadable(object, error)];
  }
}

/** An object whose record cannot be read is reported as corrupt, and must not hide other objects. */
function unreadable(object: KubeObject, error: unknown): FoundInjection {
  const type = asFaultType(object.metadata.labels?.[TYPE_LABEL]) ?? 'unknown';
  const ref = refOf(object);
  return {
    id: injectionId(type, ref),
    type,
    object: ref,
    live: object,
    state: 'corrupt',
    source: 'its marks',
    tool: 'operator-chaos',
    message: sanitise(`the undo record cannot be read: ${whyUnreadable(error)}`, 300),
  };
}

function evidenceOn(object: KubeObject): Evidence[] {
  const { labels = {}, annotations = {} } = object.metadata;
  const label = labels[TYPE_LABEL];
  // A ReplicaSet gets copies of these from its Deployment, even if it has a record of its own.
  const plainKeys = isRewritten(object) ? [] : Object.keys(annotations);
  const found: Evidence[] = typesByAnnotation(plainKeys).map(type => ({
    type,
    source: 'plain annotation',
  }));
  const record = annotations[ROLLBACK_DATA];
  if (record !== undefined) return [...found, fromRecord(object, record, label)];
  const named = typeByBackup(object);
  if (named !== undefined)
    return [...found, { type: named, source: 'backup name', ...disagreement(label, named, 'its name') }];
  if (found.length > 0) return found;
  return label === undefined ? fromFacts(object) : [fromLabel(label)];
}

/** For an object that an injection created and whose labels somebody removed: recognised by mayday's facts. */
function fromFacts(object: KubeObject): Evidence[] {
  const made = readMayday(object.metadata.annotations?.[MAYDAY]) === undefined ? undefined : typeByCreation(object);
  return made === undefined ? [] : [{ type: made, source: `annotation ${MAYDAY}` }];
}

function fromRecord(object: KubeObject, record: string, label: string | undefined): Evidence {
  const source = `annotation ${ROLLBACK_DATA}`;
  const labelled = asFaultType(label);
  const envelope = readEnvelope(record);
  if (!envelope.ok)
    return {
      type: labelled ?? 'unknown',
      source,
      unreadable: true,
      corrupt: `the undo record cannot be trusted: ${envelope.reason}; restore the value by hand, then ${labelled === undefined ? `remove the ${source}` : '--strip-marks removes the marks'}`,
    };
  const recognised = typeByRecord(envelope.data, object);
  if (!recognised)
    return { type: labelled ?? 'unknown', source, corrupt: 'the undo record looks like no known injection type' };
  return { type: labelled ?? recognised, source, ...disagreement(label, recognised, 'its undo record') };
}

function fromLabel(label: string): Evidence {
  const type = asFaultType(label);
  const source = `label ${TYPE_LABEL}`;
  if (!type)
    return { type: 'unknown', source, corrupt: `labelled ${sanitise(label)}, which is no known injection type` };
  return leavesObject(type)
    ? { type, source }
    : {
        type,
        source,
        lost: true,
        corrupt: `labelled ${type}, but the undo record is gone, so the original is not known`,
      };
}

const disagreement = (
  label: string | undefined,
  type: FaultType,
  by: string,
): { corrupt: string } | Record<never, never> =>
  label === undefined || label === type
    ? {}
    : {
        corrupt: `the label says ${sanitise(label)}, ${by} says ${type}: set label ${TYPE_LABEL} to what is right, then revert again`,
      };

function toFinding(object: KubeObject, clue: Evidence): FoundInjection {
  const ref = refOf(object);
  const { host: _host, ...left } = provenance(object);
  return {
    id: injectionId(clue.type, ref),
    type: clue.type,
    object: ref,
    live: object,
    state: clue.corrupt === undefined ? 'injected' : 'corrupt',
    source: clue.source,
    ...left,
    ...(clue.corrupt === undefined ? {} : { message: sanitise(clue.corrupt, 400) }),
    ...(clue.lost === undefined ? {} : { lost: true }),
    ...(clue.unreadable === undefined ? {} : { unreadable: true }),
  };
}
