import { isHolderAlive } from '../engine/holder-process.ts';
import { unmarkedSays } from '../records/unfinished-lines.ts';
import { blindReason } from '../revert/blind.ts';
import { scanExitCode, scanJson, scanText, undeterminedText } from '../revert/report.ts';
import { choose } from '../revert/scan/choose.ts';
import type { ScanResult } from '../revert/scan/scan.ts';
import { engineFor } from '../runtime/open-engine.ts';
import { lockJson, lockText } from '../safety/lock-holder.ts';
import { listLocks } from '../safety/locks.ts';
import { choiceOf } from './choice.ts';
import type { CommandBody } from './command.ts';
import type { ExitCode } from './failure.ts';
import { expectNamespace } from './namespace.ts';
import { print } from './output/output.ts';
import { withCluster } from './session.ts';

/** `mayday scan`: every injection in the cluster (or one namespace), whoever left it. Exit 8 where something could not be read. */
export const scanCommand: CommandBody = ({ globals, options }) => {
  const choice = choiceOf(options);
  return withCluster(globals, async (api, runtime) => {
    const { namespace } = globals;
    await expectNamespace(api, namespace);
    const engine = engineFor(runtime, api);
    const [scanned, listed] = await Promise.all([
      engine.scan({
        deep: options.fast !== true,
        ...(namespace === undefined ? {} : { namespace }),
      }),
      listLocks(api, isHolderAlive()),
    ]);
    const { unmarked: leftovers, blind } = await engine.unmarked(namespace);
    const unmarked = leftovers.map(unmarkedSays);
    const locks = listed.ok ? listed.value : [];
    const seen = { ...scanned, blind: [...scanned.blind, ...blind] };
    const result = namespace === undefined && !listed.ok ? blindToLocks(seen, blindReason(listed)) : seen;
    const { now } = api.serverTime();
    const { findings, undetermined } = choose(result.injections, choice, now);
    const chosen = { ...result, injections: findings };
    print({ ...scanJson(chosen, now), unmarked, locks: locks.map(lockJson) }, globals, () => [
      ...locks.map(lock => `LOCK      ${lockText(lock, now)}`),
      ...scanText(chosen, now, unmarked),
      ...undeterminedText(undetermined),
    ]);
    return scanExitCode(result) as ExitCode;
  });
};

const LEASES = 'leases.coordination.k8s.io';

/** Adds the locks to what could not be read: an unreadable list does not mean that there are none. */
function blindToLocks(result: ScanResult, reason: string): ScanResult {
  if (result.blind.some(({ resource }) => resource === LEASES)) return result;
  return { ...result, blind: [...result.blind, { resource: LEASES, reason: `locks: ${reason}` }] };
}
