import type { Restore } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { execute } from '../../injection/write/executor.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { RevertDeps } from '../deps.ts';
import { isBackupFinding } from '../restore/stages.ts';
import { backupAgain, markAgain } from './remembered.ts';

const TRIES = 4;

/**
 * Puts the record of the original back where it was: on the object, or as the backup beside it. Returns the object as
 * stored; undefined where that failed.
 */
export async function putRecordBack(
  deps: RevertDeps,
  finding: FoundInjection,
  restore: Restore,
): Promise<KubeObject | undefined> {
  const run = { id: finding.id, purpose: 'revert' } as const;
  if (isBackupFinding(finding)) {
    const { state, steps } = await execute([backupAgain(finding.live)], deps, run);
    return state === 'done' ? steps[0]?.object : undefined;
  }
  const { uid: _uid, ...ref } = finding.object;
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const got = await deps.api.get(ref);
    const write = got.ok ? markAgain(got.value, restore, finding.live) : undefined;
    if (write === undefined) {
      if (!got.ok && got.reason !== 'not-found') continue;
      return undefined;
    }
    if (!(await backupsBack(deps, finding))) continue;
    const { state, steps } = await execute([write], deps, run);
    if (state === 'done') return steps[0]?.object;
    await deps.clock.sleep(25 * 2 ** tries);
  }
  return undefined;
}

/** A record that points to a backup is useless without it. */
async function backupsBack(deps: RevertDeps, { id, beside = [] }: FoundInjection): Promise<boolean> {
  for (const backup of beside) {
    const write = backupAgain(backup);
    const got = await deps.api.get(write.on);
    if (got.ok) continue;
    if (got.reason !== 'not-found') return false;
    const { state } = await execute([write], deps, { id, purpose: 'revert' });
    if (state !== 'done') return false;
  }
  return true;
}
