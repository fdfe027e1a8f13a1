import type { Restore } from '../../faults/contract.ts';
import { isMarkPath } from '../../injection/record/strip.ts';
import { execute } from '../../injection/write/executor.ts';
import { FIELD_MANAGER, fieldsTakenBy, handOver, leftoverFields } from '../../injection/write/ownership.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import type { Write } from '../../injection/write/write.ts';
import { type FieldSet, isEmpty, pathsOf, union } from '../../k8s/field-set.ts';
import type { Operation } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { RevertDeps } from '../deps.ts';
import { recognise } from '../scan/recognise.ts';

const TRIES = 4;

/** One write that was applied: the object as the server answered, and as it is now if there were later writes. */
export interface Applied {
  write: Write;
  object?: KubeObject;
  now?: KubeObject;
}

const NOT_RECORDED = 'its former field manager is not recorded, so nobody owns it until the next apply';

/** The note of a dry run about a restored value whose former owner is not recorded; none if there is no such value. */
export const unownedAfter = (writes: readonly Write[]): string[] =>
  writes.some(write => write.verb !== 'delete' && write.owners === undefined && takesFields(write))
    ? [NOT_RECORDED]
    : [];

/** Whether the write sets values and so takes their ownership; a removed field has no owner. */
function takesFields(write: Write): boolean {
  if (write.verb !== 'patch' || write.patchType !== 'json') return true;
  const operations = write.body as unknown as Operation[];
  return operations.some(({ op, path }) => op !== 'test' && op !== 'remove' && !isMarkPath(path));
}

/**
 * Gives the fields that the restores took ownership of back to their former owners, or gives up the ownership if the
 * owners are not recorded; otherwise the team's next server-side apply would conflict. Returns notes for the receipt.
 * The restore counts as done in any case.
 */
export async function giveOwnershipBack(deps: RevertDeps, id: string, applied: readonly Applied[]): Promise<string[]> {
  const notes: string[] = [];
  for (const { write, object, now } of applied) {
    if (object === undefined || write.verb === 'delete') continue;
    const taken = union(fieldsTakenBy(write, object), leftoverSince(write, now ?? object));
    if (isEmpty(taken)) continue;
    const refused = await handOverFields(deps, id, { object: now ?? object, taken, former: write.owners ?? [] });
    const names = sanitise(
      pathsOf(taken)
        .map(path => path.map(element => element.slice(2)).join('.'))
        .join(', '),
      200,
    );
    if (refused !== undefined)
      notes.push(
        `field manager ${FIELD_MANAGER} still owns ${names} (${refused}): the next server-side apply that changes it needs --force-conflicts`,
      );
    else if (write.owners === undefined) notes.push(NOT_RECORDED);
  }
  return notes;
}

/**
 * The same for an object that an earlier mayday process created again before it crashed. It must happen before the
 * backup is deleted, because only the backup holds the owners.
 */
export async function handOverRecreated(deps: RevertDeps, id: string, restore: Restore): Promise<string[]> {
  if (restore.is !== 'already-restored' || restore.victim === undefined) return [];
  const { object, owners } = restore.victim;
  const write = patchOf(object, [], { says: 'nothing', atVersion: false, owners });
  return giveOwnershipBack(deps, id, [{ write, object }]);
}

/**
 * The fields left by a process that crashed before handing over. Without recorded owners, ownership is given up only if
 * no other injection is on the object.
 */
const leftoverSince = ({ owners }: Exclude<Write, { verb: 'delete' }>, object: KubeObject): FieldSet =>
  owners === undefined && recognise(object).length > 0 ? {} : leftoverFields(object, owners);

/** Gives up every value of the object that mayday still owns; changes none. Why that was refused, else undefined. */
export const giveUpFields = (deps: RevertDeps, id: string, object: KubeObject): Promise<string | undefined> =>
  handOverFields(deps, id, { object, taken: leftoverFields(object, undefined), former: [] });

/** Why mayday still owns the fields; undefined if it does not. */
async function handOverFields(
  deps: RevertDeps,
  id: string,
  of: {
    object: KubeObject;
    taken: ReturnType<typeof fieldsTakenBy>;
    former: NonNullable<Exclude<Write, { verb: 'delete' }>['owners']>;
  },
): Promise<string | undefined> {
  let { object } = of;
  let why = 'it keeps changing';
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const handOverWrite = handOver(object, of.taken, of.former);
    if (handOverWrite === undefined) return undefined;
    const { state, message } = await execute([handOverWrite], deps, { id, purpose: 'revert' });
    if (state === 'done') return undefined;
    why = message;
    if (state !== 'conflict') break;
    // A controller wrote at the same time and the indices of the entries changed, so read again.
    const { uid, ...ref } = handOverWrite.on;
    const got = await deps.api.get(ref);
    if (!got.ok) return got.reason === 'not-found' ? undefined : got.message;
    if (got.value.metadata.uid !== uid) return undefined;
    object = got.value;
  }
  return why;
}
