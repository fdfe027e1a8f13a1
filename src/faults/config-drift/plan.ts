import { objectIn } from '../../injection/live.ts';
import { createdMarks } from '../../injection/plan/created.ts';
import { blindTo, injectable, isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { inReach } from '../../injection/reach/pod-in-reach.ts';
import { podsUsing } from '../../injection/reach/pods-using.ts';
import { fingerprint, type MaydayFacts, maydayFacts, writeEnvelope } from '../../injection/record/envelope.ts';
import {
  EXPERIMENT_LABEL,
  MANAGED_BY,
  ORIGINAL_SECRET,
  ROLLBACK_DATA,
  rollbackSecretName,
  TYPE_LABEL,
} from '../../injection/record/markers.ts';
import { tooLarge } from '../../injection/record/record.ts';
import { ownersOf, ownersUnknownWarnings } from '../../injection/write/ownership.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import type { Write } from '../../injection/write/write.ts';
import { mapAt, mapOperations, type Operation } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { usesKey } from '../../k8s/pod-references.ts';
import { own } from '../../text/own.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Facts, Live, Permission, Plan, Refusal, Scope } from '../contract.ts';
import { backupText } from './record.ts';

export interface ConfigDriftParams {
  resourceType: 'ConfigMap' | 'Secret';
  name: string;
  key: string;
  value: string;
}

export const TARGET = 'target';

export const BACKUP = 'backup';

const SECRET_NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** The key in a rollback Secret that says whether the original key existed. A data key of the same name cannot be backed up. */
const KEY_EXISTS = 'keyExists';

export function targetRef(params: ConfigDriftParams, scope: Scope): ObjectRef {
  return { apiVersion: 'v1', kind: params.resourceType, namespace: scope.namespace, name: params.name };
}

export function backupRef(params: ConfigDriftParams, scope: Scope): ObjectRef {
  const name = rollbackSecretName(params.name, params.key);
  return { apiVersion: 'v1', kind: 'Secret', namespace: scope.namespace, name };
}

/** The injected value as the object holds it: base64 in a Secret. */
export function storedValue(params: ConfigDriftParams): string {
  return params.resourceType === 'Secret' ? Buffer.from(params.value, 'utf8').toString('base64') : params.value;
}

/** Plans the writes, or refuses. */
export function plan(params: ConfigDriftParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const target = injectable(objectIn(live, TARGET), targetRef(params, scope));
  if (isRefusal(target)) return target;
  const users = podsUsing(live, `the pods of ${scope.namespace} that may use it`, pod =>
    usesKey(pod, { kind: params.resourceType, name: params.name, key: params.key }),
  );
  if (isRefusal(users)) return users;
  const refusal =
    refusedTarget(params, target) ??
    (params.resourceType === 'Secret' ? refusedBackup(params, scope, live) : undefined);
  if (refusal !== undefined) return refusal;
  const original = own(mapAt(target, ['data']), params.key);
  const isSecret = params.resourceType === 'Secret';
  const payload = isSecret ? secretPayload(params) : configMapPayload(params, original);
  const record = writeEnvelope(payload, factsOn(params, target, facts));
  const change = driftWrite(params, target, record);
  const large = tooLarge(target, payload, record);
  if (large !== undefined) return large;
  return {
    is: 'plan',
    type: 'ConfigDrift',
    id: facts.id,
    scope,
    writes: isSecret ? [backupWrite(params, scope, original, facts), change] : [change],
    undo: { where: undoLocation(params, target), reversible: true },
    pods: users.map(inReach),
    permissions: permissions(params, scope),
    warnings: [
      ...(users.length === 0
        ? [
            `no pod mounts key ${params.key} or has it in its environment; mayday cannot see who reads it through the API`,
          ]
        : []),
      ...ownersUnknownWarnings(target, ownersOf(target, valueOperations(params, target))),
    ],
    target: refOf(target),
  };
}

/** Why this object cannot take the fault, or why a revert could not restore it. */
function refusedTarget(params: ConfigDriftParams, target: KubeObject): Refusal | undefined {
  const name = nameOf(refOf(target));
  const key = sanitise(params.key, 80);
  if (target.immutable === true)
    return refuse('forbidden-target', `${name} is immutable: the API server would refuse the change`);
  if (own(mapAt(target, ['binaryData']), params.key) !== undefined) {
    return refuse('forbidden-target', `${name} holds ${key} as binary data, which an undo record cannot carry`);
  }
  if (own(mapAt(target, ['data']), params.key) === storedValue(params)) {
    return refuse('no-effect', `${name} already has this value in ${key}: nothing would change`);
  }
  return undefined;
}

/** Why the original of a Secret could not be backed up. */
function refusedBackup(params: ConfigDriftParams, scope: Scope, live: Live): Refusal | undefined {
  const ref = backupRef(params, scope);
  const seen = objectIn(live, BACKUP);
  if (seen.state === 'blind') return blindTo(nameOf(ref), seen.failure);
  if (seen.state === 'found') {
    return refuse(
      'already-injected',
      `${nameOf(ref)}, the name needed for the backup, already exists: it may hold the only original, revert it first`,
    );
  }
  if (params.key === KEY_EXISTS)
    return refuse('invalid', `key ${KEY_EXISTS} cannot be backed up: the backup uses that name itself`);
  if (ref.name.length > 253 || !SECRET_NAME.test(ref.name)) {
    return refuse('invalid', `the backup would be named ${ref.name}, which is not a valid Secret name`);
  }
  if (params.name.length > 63) {
    return refuse('invalid', `Secret names over 63 characters do not fit the backup's label ${EXPERIMENT_LABEL}`);
  }
  return undefined;
}

function configMapPayload(params: ConfigDriftParams, original: string | undefined): Record<string, string> {
  return {
    resourceType: 'ConfigMap',
    key: params.key,
    originalValue: original ?? '',
    keyExists: String(original !== undefined),
  };
}

function secretPayload(params: ConfigDriftParams): Record<string, string> {
  return { resourceType: 'Secret', key: params.key, rollbackSecretRef: rollbackSecretName(params.name, params.key) };
}

function factsOn(params: ConfigDriftParams, target: KubeObject, facts: Facts): MaydayFacts {
  return maydayFacts(facts, {
    managedBy: target.metadata.labels?.[MANAGED_BY],
    injected: fingerprint(storedValue(params), params.resourceType === 'Secret'),
    owners: ownersOf(target, valueOperations(params, target)),
  });
}

const valueOperations = (params: ConfigDriftParams, target: KubeObject): Operation[] =>
  mapOperations(target, ['data'], { set: { [params.key]: storedValue(params) } });

/** The victim's change and its undo record, in one request. */
function driftWrite(params: ConfigDriftParams, target: KubeObject, record: string): Write {
  const operations = [
    ...mapOperations(target, ['metadata', 'annotations'], { set: { [ROLLBACK_DATA]: record } }),
    ...mapOperations(target, ['metadata', 'labels'], { set: { [TYPE_LABEL]: 'ConfigDrift' } }),
    ...valueOperations(params, target),
  ];
  return patchOf(target, operations, {
    says: `set ${sanitise(params.key, 80)} of ${nameOf(refOf(target))}`,
    atVersion: true,
  });
}

function backupWrite(params: ConfigDriftParams, scope: Scope, original: string | undefined, facts: Facts): Write {
  const on = backupRef(params, scope);
  const exists = Buffer.from(String(original !== undefined), 'utf8').toString('base64');
  const data = { [params.key]: original ?? '', [KEY_EXISTS]: exists };
  const marks = createdMarks('ConfigDrift', facts, { injected: fingerprint(backupText(data), true) });
  return {
    verb: 'create',
    on,
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: on.name,
        namespace: scope.namespace,
        labels: { ...marks.labels, [EXPERIMENT_LABEL]: params.name },
        annotations: { [ORIGINAL_SECRET]: params.name, ...marks.annotations },
      },
      type: 'Opaque',
      data,
    },
    precondition: { absent: true },
    says: `keep the original of ${sanitise(params.key, 80)} in ${nameOf(on)}`,
  };
}

function undoLocation(params: ConfigDriftParams, target: KubeObject): string {
  const record = `annotation ${ROLLBACK_DATA} on ${nameOf(refOf(target))}`;
  return params.resourceType === 'ConfigMap'
    ? record
    : `Secret ${rollbackSecretName(params.name, params.key)} and ${record}`;
}

function permissions(params: ConfigDriftParams, scope: Scope): Permission[] {
  const { namespace } = scope;
  const on = { group: '', kind: params.resourceType, namespace };
  const backup = rollbackSecretName(params.name, params.key);
  const backups: Permission[] = [
    { verb: 'create', group: '', kind: 'Secret', namespace, for: 'inject' },
    { verb: 'get', group: '', kind: 'Secret', namespace, name: backup, for: 'revert' },
    { verb: 'delete', group: '', kind: 'Secret', namespace, name: backup, for: 'revert' },
  ];
  return [
    { verb: 'get', ...on, name: params.name, for: 'inject' },
    { verb: 'list', group: '', kind: 'Pod', namespace, for: 'inject' },
    { verb: 'patch', ...on, name: params.name, for: 'inject' },
    { verb: 'get', ...on, name: params.name, for: 'revert' },
    { verb: 'patch', ...on, name: params.name, for: 'revert' },
    ...(params.resourceType === 'Secret' ? backups : []),
  ];
}
