import type { Live, Read } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { fetchLive, listIn } from '../../injection/live.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import { copiedRecord, needsReplicaSets, whyOutdated } from '../../injection/record/record-history.ts';
import type { Write } from '../../injection/write/write.ts';
import { fieldsAt, fieldsOf, isEmpty, isFieldSet, union } from '../../k8s/field-set.ts';
import { type Operation, pointerSteps } from '../../k8s/json-patch.ts';
import type { Json, KubeObject, ManagedField } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';

const SETS = 'replica sets';
const STRIP = 'when the object has the right values, --strip-marks removes the label';

/** A found injection, with the result of comparing its record with the cluster's history. */
export interface FindingWithHistory {
  /** Its `live` includes a record that was found on another object. */
  finding: FoundInjection;
  /** Why the record may belong to an injection that is over. */
  doubt?: string | undefined;
  live: Live;
}

/**
 * Finds a copy of a lost record on ReplicaSets, or checks whether an existing record is outdated. Lists ReplicaSets only if they can
 * decide that.
 */
export async function withHistory(
  api: Api,
  finding: FoundInjection,
  signal?: AbortSignal,
): Promise<FindingWithHistory> {
  const { live: carrier, type } = finding;
  const isLost = finding.lost === true;
  const wants = isLost ? carrier.kind === 'Deployment' : needsReplicaSets(carrier, type);
  const live = wants ? await fetchLive(api, () => [setsRead(carrier)], signal) : new Map();
  const seen = listIn(live, SETS);
  const sets = seen.state === 'found' ? seen.value : seen.state === 'absent' ? [] : undefined;
  if (!isLost) return { finding, doubt: whyOutdated(carrier, type, sets), live };
  const copy = copiedRecord(carrier, type, sets ?? []);
  if (copy === undefined) {
    const message = sanitise([finding.message, ...whyNoCopy(wants, sets), STRIP].join('; '), 400);
    return { finding: { ...finding, message }, live };
  }
  return { finding: withRecord(finding, copy), live };
}

function whyNoCopy(wants: boolean, sets: readonly KubeObject[] | undefined): string[] {
  if (!wants) return [];
  return [sets === undefined ? 'the ReplicaSets that may hold a copy cannot be read' : 'no ReplicaSet holds a copy'];
}

function setsRead({ metadata: { namespace } }: KubeObject): Read {
  const place = namespace === undefined ? {} : { namespace };
  return { key: SETS, list: { apiVersion: 'apps/v1', kind: 'ReplicaSet', ...place } };
}

function withRecord(
  finding: FoundInjection,
  { set, annotations }: NonNullable<ReturnType<typeof copiedRecord>>,
): FoundInjection {
  const { message: _message, ...rest } = finding;
  const { metadata } = finding.live;
  return {
    ...rest,
    state: 'injected',
    source: sanitise(`${finding.source}, its record on ReplicaSet ${set}`),
    live: {
      ...finding.live,
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, ...annotations },
        managedFields: (metadata.managedFields ?? []).map(entry => asInjected(entry, Object.keys(annotations))),
      },
    },
  };
}

/** The label and the record were written in one request, so they had the same owner. */
function asInjected(entry: ManagedField, keys: readonly string[]): ManagedField {
  const fields = isFieldSet(entry.fieldsV1) ? entry.fieldsV1 : {};
  if (isEmpty(fieldsAt(fields, undefined, ['metadata', 'labels', TYPE_LABEL]))) return entry;
  const record = fieldsOf(keys.map(key => ['f:metadata', 'f:annotations', `f:${key}`]));
  return { ...entry, fieldsV1: union(fields, record) };
}

/** The writes, without changes to annotations that the object does not have. */
export function withoutMissingAnnotations(writes: readonly Write[], object: KubeObject): Write[] {
  const isThere = ({ op, path }: Operation) => {
    const [metadata, map, key] = pointerSteps(path);
    if (op === 'add' || metadata !== 'metadata' || key === undefined) return true;
    if (map === 'labels') return object.metadata.labels?.[key] !== undefined;
    return map !== 'annotations' || object.metadata.annotations?.[key] !== undefined;
  };
  return writes.map(write => {
    if (write.verb !== 'patch' || write.patchType !== 'json') return write;
    const operations = (write.body as unknown as Operation[]).filter(isThere);
    return { ...write, body: operations as unknown as Json };
  });
}
