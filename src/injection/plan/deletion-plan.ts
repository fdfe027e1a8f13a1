import type { Effect, Facts, Live, Permission, Plan, Read, Refusal, Scope } from '../../faults/contract.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../../k8s/object-ref.ts';
import { isTerminating } from '../../k8s/pod.ts';
import { objectIn, type Seen } from '../live.ts';
import { ownerPermissions } from '../reach/owners.ts';
import { inReach } from '../reach/pod-in-reach.ts';
import { type BackupFormat, backupOf, backupRef, fitsBackup, keptIn, keptText } from '../record/backup-format.ts';
import { mayBeRounded } from '../record/exact-json.ts';
import type { GoValue } from '../record/go-json.ts';
import type { Write } from '../write/write.ts';
import { creationPermissions, occupied } from './created.ts';
import { refuse } from './refuse.ts';
import { permissionOn } from './victim-plan.ts';

/** The keys of what every deletion reads. */
export const TARGET = 'target';
const BACKUP = 'backup';
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** One object that is kept whole and then deleted. */
export interface Deletion {
  format: BackupFormat;
  target: KubeObject;
  /** Those that the deletion disturbs, out of all in the target's namespace. */
  pods: readonly KubeObject[];
  warnings?: string[];
  /** False where creating the object again does not bring everything back. */
  reversible?: boolean;
}

/** The target and whatever stands under the name of its backup. */
export function deletionReads(format: BackupFormat, target: ObjectRef): Read[] {
  return [
    { key: TARGET, get: target },
    { key: BACKUP, get: backupRef(format, target) },
  ];
}

/** The plan of two writes, from the answers to `deletionReads`: the backup, and once that is stored, the deletion of exactly this version of this object. */
export function deletionPlan(on: { scope: Scope; live: Live; facts: Facts }, of: Deletion): Plan | Refusal {
  const { scope, facts } = on;
  const { format, target } = of;
  const name = nameOf(refOf(target));
  const ref = backupRef(format, refOf(target));
  const text = keptText(format, target);
  const no = unkeepable(of, ref, text, objectIn(on.live, BACKUP));
  if (no !== undefined) return no;
  const backup = backupOf(format, ref, text, facts);
  const keep: Write = {
    verb: 'create',
    on: ref,
    body: backup,
    precondition: { absent: true },
    says: `keep all of ${name} in ${nameOf(ref)}`,
  };
  return {
    is: 'plan',
    type: format.type,
    id: facts.id,
    scope,
    writes: [keep, deleting(target)],
    undo: { where: nameOf(ref), reversible: of.reversible ?? true },
    pods: of.pods.map(inReach),
    permissions: [...deletionPermissions(target, ref), listsPods(target)],
    warnings: [...heldUp(target), ...(of.warnings ?? [])],
    target: refOf(target),
  };
}

/** Bound to the version in the backup: a later change would be lost with the object. */
export function deleting(target: KubeObject): Write {
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

/** Why the whole of the target cannot be kept safe. */
function unkeepable(
  { format, target }: Deletion,
  ref: ObjectRef,
  text: string,
  backup: Seen<KubeObject>,
): Refusal | undefined {
  const name = nameOf(refOf(target));
  if (ref.name.length > 253 || !NAME.test(ref.name))
    return refuse('invalid', `the backup would be named ${ref.name}, which is no valid ${ref.kind} name`);
  const taken = occupied(backup, ref, whose(format, target, backup));
  if (taken !== undefined) return taken;
  if (!fitsBackup(text)) return refuse('invalid', `${name} is too large for a backup: about 1 MiB is the limit`);
  return mayBeRounded(target as unknown as GoValue)
    ? refuse('forbidden-target', `${name} holds a number of more digits than can be kept exactly`)
    : undefined;
}

/** Objects of one name and kind in different API groups lead to one backup. */
function whose(format: BackupFormat, target: KubeObject, backup: Seen<KubeObject>): string {
  const kept = backup.state === 'found' ? keptIn(format, backup.value) : 'unread';
  if (typeof kept === 'string') return 'and may hold the only copy of an original';
  const isSame = groupOf(kept.apiVersion) === groupOf(target.apiVersion) && kept.kind === target.kind;
  return isSame
    ? 'and may hold the only copy of the original'
    : `and holds ${kept.kind} ${kept.metadata.name} of ${kept.apiVersion}, another kind whose backup has the same name`;
}

function heldUp({ metadata: { finalizers = [] } }: KubeObject): string[] {
  return finalizers.length === 0
    ? []
    : [`it stays Terminating until ${finalizers.join(', ')} let go, and what they clean up does not come back with it`];
}

/** The pods that it disturbs are looked for among all of its namespace. */
const listsPods = ({ metadata: { namespace = '' } }: KubeObject): Permission => ({
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
    ...ownerPermissions(target.metadata.ownerReferences ?? [], on.namespace),
  ];
}

/** A missing object proves the deletion; under a new uid the object is back, and the fault is over. */
export function deletionEffect(made: Plan, live: Live): Effect {
  const seen = objectIn(live, TARGET);
  const name = nameOf(made.target);
  const uid = made.target.uid ?? '(none)';
  if (seen.state === 'blind')
    return { state: 'pending', evidence: [`${name} could not be read back: ${seen.failure.message}`] };
  if (seen.state !== 'found') return { state: 'proven', evidence: [`${name} (uid ${uid}) is gone`] };
  if (seen.value.metadata.uid !== made.target.uid)
    return { state: 'absent', evidence: [`${name} was made anew (uid ${seen.value.metadata.uid ?? '(none)'})`] };
  return isTerminating(seen.value)
    ? { state: 'pending', evidence: [`${name} is Terminating${heldBy(seen.value)}`] }
    : { state: 'absent', evidence: [`${name} is still there`] };
}

/** What keeps a Terminating object, as a sentence goes on. */
export function heldBy({ metadata: { finalizers = [] } }: KubeObject): string {
  return finalizers.length === 0 ? '' : `, held by ${finalizers.join(', ')}`;
}
