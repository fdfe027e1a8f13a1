import type { Effect, Facts, Live, Permission, Plan, Read, Refusal, Scope } from '../../faults/contract.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../../k8s/object-ref.ts';
import { isTerminating } from '../../k8s/pod.ts';
import { objectIn, type Seen } from '../live.ts';
import { ownerPermissions } from '../reach/owners.ts';
import { inReach } from '../reach/pod-in-reach.ts';
import { type BackupFormat, backupOf, backupRef, backupText, fitsBackup, originalIn } from '../record/backup-format.ts';
import { mayBeRounded } from '../record/exact-json.ts';
import type { GoValue } from '../record/go-json.ts';
import { accountPermissions } from '../restore/account-token.ts';
import type { Write } from '../write/write.ts';
import { creationPermissions, occupied } from './created.ts';
import { refuse } from './refuse.ts';
import { permissionOn } from './victim-plan.ts';

/** The keys of the reads that every deletion needs. */
export const TARGET = 'target';
const BACKUP = 'backup';
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** One object that is backed up as a whole and then deleted. */
export interface Deletion {
  format: BackupFormat;
  target: KubeObject;
  /** The pods that the deletion disturbs. */
  pods: readonly KubeObject[];
  warnings?: string[];
  /** False if creating the object again does not restore everything. */
  reversible?: boolean;
}

/** Reads the target, and the object that has the name of its backup, if there is one. */
export function deletionReads(format: BackupFormat, target: ObjectRef): Read[] {
  return [
    { key: TARGET, get: target },
    { key: BACKUP, get: backupRef(format, target) },
  ];
}

/** The plan of two writes, from the results of `deletionReads`: the backup, then the deletion of exactly the version that was backed up. */
export function deletionPlan(on: { scope: Scope; live: Live; facts: Facts }, of: Deletion): Plan | Refusal {
  const { scope, facts } = on;
  const { format, target } = of;
  const name = nameOf(refOf(target));
  const ref = backupRef(format, refOf(target));
  const text = backupText(format, target);
  const refusal = refusedBackup(of, ref, text, objectIn(on.live, BACKUP));
  if (refusal !== undefined) return refusal;
  const backup = backupOf(format, ref, text, facts);
  const backUp: Write = {
    verb: 'create',
    on: ref,
    body: backup,
    precondition: { absent: true },
    says: `back up ${name} in ${nameOf(ref)}`,
  };
  return {
    is: 'plan',
    type: format.type,
    id: facts.id,
    scope,
    writes: [backUp, deleteWrite(target)],
    undo: { where: nameOf(ref), reversible: of.reversible ?? true },
    pods: of.pods.map(inReach),
    permissions: [...deletionPermissions(target, ref), listPodsPermission(target)],
    warnings: [...finalizerWarnings(target), ...(of.warnings ?? []), OWNED],
    target: refOf(target),
  };
}

const OWNED =
  'objects that have it as their owner are garbage-collected with it; a revert does not restore them, only their controllers can create them again';

/** The deletion applies only to the version in the backup, because a later change would be lost. */
export function deleteWrite(target: KubeObject): Write {
  const { uid, resourceVersion } = target.metadata;
  return {
    verb: 'delete',
    on: refOf(target),
    precondition: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    says: `delete ${nameOf(refOf(target))}`,
  };
}

/** Why the target cannot be backed up as a whole. */
function refusedBackup(
  { format, target }: Deletion,
  ref: ObjectRef,
  text: string,
  backup: Seen<KubeObject>,
): Refusal | undefined {
  const name = nameOf(refOf(target));
  if (ref.name.length > 253 || !NAME.test(ref.name))
    return refuse('invalid', `the backup would be named ${ref.name}, which is not a valid ${ref.kind} name`);
  const taken = occupied(backup, ref, describeBackup(format, target, backup));
  if (taken !== undefined) return taken;
  if (!fitsBackup(text)) return refuse('invalid', `${name} is too large for a backup: about 1 MiB is the limit`);
  return mayBeRounded(target as unknown as GoValue)
    ? refuse('forbidden-target', `${name} holds a number with too many digits to be backed up exactly`)
    : undefined;
}

/** Describes an existing backup. Objects of the same name and kind in different API groups have the same backup name. */
function describeBackup(format: BackupFormat, target: KubeObject, backup: Seen<KubeObject>): string {
  const kept = backup.state === 'found' ? originalIn(format, backup.value) : 'unread';
  if (typeof kept === 'string') return 'and may hold the only copy of an original';
  const isSame = groupOf(kept.apiVersion) === groupOf(target.apiVersion) && kept.kind === target.kind;
  return isSame
    ? 'and may hold the only copy of the original'
    : `and holds ${kept.kind} ${kept.metadata.name} of ${kept.apiVersion}, another kind whose backup has the same name`;
}

function finalizerWarnings({ metadata: { finalizers = [] } }: KubeObject): string[] {
  return finalizers.length === 0
    ? []
    : [
        `it stays Terminating until the finalizers ${finalizers.join(', ')} are removed, and what their controllers clean up is not restored with it`,
      ];
}

/** The permission to list the namespace's pods, among which the disturbed ones are found. */
const listPodsPermission = ({ metadata: { namespace = '' } }: KubeObject): Permission => ({
  verb: 'list',
  group: '',
  kind: 'Pod',
  namespace,
  for: 'inject',
});

function deletionPermissions(target: KubeObject, backup: ObjectRef): Permission[] {
  const on = permissionOn(target);
  const { name: _name, ...anyName } = on;
  return [
    { verb: 'get', ...on, for: 'inject' },
    { verb: 'delete', ...on, for: 'inject' },
    ...creationPermissions(backup),
    { verb: 'get', ...on, for: 'revert' },
    { verb: 'create', ...anyName, for: 'revert' },
    ...accountPermissions(target),
    ...ownerPermissions(target.metadata.ownerReferences ?? [], on.namespace),
  ];
}

/** A missing object proves the deletion. An object with a new uid was created again, so the fault is over. */
export function deletionEffect(plan: Plan, live: Live): Effect {
  const seen = objectIn(live, TARGET);
  const name = nameOf(plan.target);
  const uid = plan.target.uid ?? '(none)';
  if (seen.state === 'blind')
    return { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] };
  if (seen.state !== 'found') return { state: 'proven', evidence: [`${name} (uid ${uid}) is gone`] };
  if (seen.value.metadata.uid !== plan.target.uid)
    return { state: 'absent', evidence: [`${name} was created again (uid ${seen.value.metadata.uid ?? '(none)'})`] };
  return isTerminating(seen.value)
    ? { state: 'pending', evidence: [`${name} is Terminating${heldBy(seen.value)}`] }
    : { state: 'absent', evidence: [`${name} is still there`] };
}

/** The finalizers that hold a Terminating object, to follow `… is Terminating`; empty if there are none. */
export function heldBy({ metadata: { finalizers = [] } }: KubeObject): string {
  return finalizers.length === 0 ? '' : `, held by ${finalizers.join(', ')}`;
}
