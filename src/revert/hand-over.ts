import type { Restore } from '../faults/contract.ts';
import { isMarkPath } from '../injection/record/strip.ts';
import { execute } from '../injection/write/executor.ts';
import { FIELD_MANAGER, handOver, leftOver, takenBy } from '../injection/write/ownership.ts';
import { patchOf } from '../injection/write/patch-of.ts';
import type { Write } from '../injection/write/write.ts';
import { type Fields, isEmpty, pathsOf, union } from '../k8s/field-set.ts';
import type { Operation } from '../k8s/json-patch.ts';
import type { KubeObject } from '../k8s/object.ts';
import { sanitise } from '../text/sanitise.ts';
import type { RevertDeps } from './deps.ts';
import { recognise } from './recognise.ts';

const TRIES = 4;

/** One write that was applied, with the object as the server answered, and as it stands now where more was written since. */
export interface Applied {
  write: Write;
  object?: KubeObject;
  now?: KubeObject;
}

const NOT_RECORDED = 'its former field manager is not recorded, so none owns it until the next apply';

/** What a dry run says of ownership beforehand: whether a write puts a value back whose former owner no record tells. */
export const unownedAfter = (writes: readonly Write[]): string[] =>
  writes.some(write => write.verb !== 'delete' && write.owners === undefined && takesFields(write))
    ? [NOT_RECORDED]
    : [];

/** Whoever sets a value comes to own it; what is only taken away has no owner any more. */
function takesFields(write: Write): boolean {
  if (write.verb !== 'patch' || write.patchType !== 'json') return true;
  const operations = write.body as unknown as Operation[];
  return operations.some(({ op, path }) => op !== 'test' && op !== 'remove' && !isMarkPath(path));
}

/**
 * Gives the fields that restoring writes made ours back to those who owned them, or to nobody where no record says who: else the team's
 * next server-side apply ends in a conflict with us. What a person must know of it, as sentences; the restore itself stands either way.
 */
export async function giveOwnershipBack(deps: RevertDeps, id: string, applied: readonly Applied[]): Promise<string[]> {
  const notes: string[] = [];
  for (const { write, object, now } of applied) {
    if (object === undefined || write.verb === 'delete') continue;
    const taken = union(takenBy(write, object), heldSince(write, now ?? object));
    if (isEmpty(taken)) continue;
    const refused = await handed(deps, id, { object: now ?? object, taken, former: write.owners ?? [] });
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

/** The same for an object that a process of ours made again and died, before its backup goes: only that still names the owners. */
export async function handedOverLate(deps: RevertDeps, id: string, restore: Restore): Promise<string[]> {
  if (restore.kind !== 'already-restored' || restore.victim === undefined) return [];
  const { object, owners } = restore.victim;
  const write = patchOf(object, [], { says: 'nothing', atVersion: false, owners });
  return giveOwnershipBack(deps, id, [{ write, object }]);
}

/** What a process that died before it could hand over has left. Without a record nothing is let go while another injection is there. */
const heldSince = ({ owners }: Exclude<Write, { verb: 'delete' }>, object: KubeObject): Fields =>
  owners === undefined && recognise(object).length > 0 ? {} : leftOver(object, owners);

/** Why the fields are still ours, undefined where they are not. */
async function handed(
  deps: RevertDeps,
  id: string,
  of: {
    object: KubeObject;
    taken: ReturnType<typeof takenBy>;
    former: NonNullable<Exclude<Write, { verb: 'delete' }>['owners']>;
  },
): Promise<string | undefined> {
  let { object } = of;
  let why = 'it keeps changing';
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const giving = handOver(object, of.taken, of.former);
    if (giving === undefined) return undefined;
    const { state, message } = await execute([giving], deps, { id, purpose: 'revert' });
    if (state === 'done') return undefined;
    why = message;
    if (state !== 'conflict') break;
    // Its controllers write at the same time: entries move, and are looked up again.
    const { uid, ...ref } = giving.on;
    const got = await deps.api.get(ref);
    if (!got.ok) return got.reason === 'not-found' ? undefined : got.message;
    if (got.value.metadata.uid !== uid) return undefined;
    object = got.value;
  }
  return why;
}
