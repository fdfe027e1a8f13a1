import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { execute } from '../../injection/write/executor.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { blindReason } from '../blind.ts';
import type { RevertDeps } from '../deps.ts';
import { isBackupFinding } from '../restore/stages.ts';
import { backupAgain, markAgain } from './marks-from-memory.ts';

const TRIES = 4;

/** The object with the undo record as stored; or why it could not be written, to follow a message. */
export type RecordBack = { ok: true; object: KubeObject | undefined } | { ok: false; why: string };

const not = (why: string): RecordBack => ({ ok: false, why });

/** Writes the undo record again where it was: on the object, or as a backup. */
export async function writeRecordAgain(
  deps: RevertDeps,
  finding: FoundInjection,
  restore: Restore,
): Promise<RecordBack> {
  const run = { id: finding.id, purpose: 'revert' } as const;
  if (isBackupFinding(finding)) {
    const { state, steps, message } = await execute([backupAgain(finding.live)], deps, run);
    return state === 'done' ? { ok: true, object: steps[0]?.object } : not(message);
  }
  const { uid: _uid, ...ref } = finding.object;
  let why = '';
  for (let tries = 1; tries <= TRIES; tries += 1) {
    if (tries > 1) await deps.clock.sleep(25 * 2 ** tries);
    const got = await deps.api.get(ref);
    if (!got.ok && got.reason === 'not-found') return not(`${nameOf(ref)} is gone`);
    if (!got.ok) {
      why = `${nameOf(ref)} could not be read: ${blindReason(got)}`;
      continue;
    }
    const write = markAgain(got.value, restore, finding.live);
    if (typeof write === 'string') return not(write);
    const missing = await createMissingBackups(deps, finding);
    if (missing !== undefined) {
      why = missing;
      continue;
    }
    const { state, steps, message } = await execute([write], deps, run);
    if (state === 'done') return { ok: true, object: steps[0]?.object };
    why = message;
  }
  return not(why);
}

/** Creates missing backups again, because a record that points to a backup is useless without it. Returns why one could not be created; undefined if all exist. */
async function createMissingBackups(
  deps: RevertDeps,
  { id, beside = [] }: FoundInjection,
): Promise<string | undefined> {
  for (const backup of beside) {
    const write = backupAgain(backup);
    const got = await deps.api.get(write.on);
    if (got.ok) continue;
    const name = nameOf(write.on);
    if (got.reason !== 'not-found') return `its backup ${name} could not be read: ${blindReason(got)}`;
    const { state, message } = await execute([write], deps, { id, purpose: 'revert' });
    if (state !== 'done') return `its backup could not be created again: ${message}`;
  }
  return undefined;
}
