import { type FaultEntry, faultTarget, foundOn, isLive } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';

/** Who ends a fault when nobody reverts it by hand, in words; `isSure` is false if that is not known. */
export interface Ender {
  words: string;
  isSure: boolean;
}

const sure = (words: string): Ender => ({ words, isSure: true });
const nobody = (why: string): Ender => ({ words: `nobody: ${why}`, isSure: false });

/** Who ends this fault, as far as is known here. */
export function enderOf(entry: FaultEntry, state: ConsoleState): Ender {
  if (entry.is === 'run') return runEnder(entry.run.isGuarded, isLive(entry.run));
  const found = foundOn(state, entry);
  const tool = entry.is === 'mark' ? entry.mark.tool : entry.found.tool;
  if (tool === 'other') return nobody('only the tool that injected it can stop it');
  const expires = entry.is === 'mark' ? entry.mark.expires : entry.found.expiresAt;
  const run = entry.is === 'mark' ? entry.mark.run : entry.found.run;
  const dead = state.look.dead?.find(one => run !== undefined && one.run === run);
  if (dead?.guardianDueAt !== undefined) return sure('its guardian on this machine');
  const order = state.look.orders.find(
    one => one.state === 'live' && one.reach.type === (found?.type ?? '') && reaches(one.reach.namespaces, entry),
  );
  if (tool === 'operator-chaos' && order !== undefined)
    return order.ttlEnd === undefined ? nobody('its controller has no TTL for it') : sure("the framework's controller");
  if (state.health.reaper !== undefined && expires !== undefined) return sure(`the reaper (${state.health.reaper})`);
  if (expires === undefined) return nobody('it has no TTL');
  if (dead !== undefined) return nobody('its run died without a guardian');
  return tool === 'mayday'
    ? { words: 'its injector, if that process still lives; nothing else was found', isSure: false }
    : nobody('its controller was not found');
}

const runEnder = (isGuarded: boolean, isIn: boolean): Ender =>
  sure(isIn && isGuarded ? 'this console, or else its guardian' : 'this console');

function reaches(namespaces: readonly string[], entry: FaultEntry): boolean {
  const namespace = faultTarget(entry)?.namespace;
  return namespace === undefined || namespaces.includes(namespace);
}
