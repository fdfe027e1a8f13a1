import { isHolderAlive } from '../engine/holder-process.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Api } from '../kube/client/api.ts';
import { isRemainUnknown } from '../revert/report.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import { setLatch } from '../safety/latch.ts';
import { releaseLocks } from '../safety/locks.ts';
import type { Runtime } from './runtime.ts';

/** The findings that mayday may revert: all but those of other chaos tools, which are only shown. */
export const withoutForeign = (findings: readonly FoundInjection[]): FoundInjection[] =>
  findings.filter(finding => finding.state !== 'foreign');

/**
 * Sets the latch when everything is reverted, so that nobody injects until a person turns it off. Returns one line with
 * the result.
 */
export async function latchAll(runtime: Runtime, api: Api, reverted: number): Promise<{ on: boolean; says: string }> {
  const latched = await setLatch(api, {
    by: `${runtime.by}@${runtime.host}`,
    why: `reverting all (${reverted} found)`,
    at: new Date(api.serverTime().now).toISOString(),
  });
  return latched.ok
    ? { on: true, says: 'latch ON: no injections until `mayday latch off`' }
    : { on: false, says: `the latch is not known to be on, others may inject: ${latched.message}` };
}

/**
 * Releases all locks after everything was reverted, because they protect nothing any more. Returns a line for what was
 * and what was not released. If something remains, or is not known, every lock stays. A failure never fails the revert.
 */
export async function releaseAllLocks(api: Api, reverted: RevertResult): Promise<string[]> {
  const isRunning = reverted.stops.some(({ verified }) => !verified) || reverted.willInject.length > 0;
  if (reverted.remaining > 0 || isRunning || isRemainUnknown(reverted)) return [];
  const { released, notReleased } = await releaseLocks(api, isHolderAlive());
  return [
    ...(released.length === 0
      ? []
      : [`locks freed: ${released.map(({ operator, holder }) => `${operator} (${holder})`).join(', ')}`]),
    ...notReleased.map(why => `a lock may be left, it runs out by itself: ${why}`),
  ];
}
