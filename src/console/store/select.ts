import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Marker } from '../../health/marker.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { sameName } from '../../k8s/object-ref.ts';
import { age } from '../../text/duration.ts';
import { pressFor } from '../keymap/remap.ts';
import { answerOf, waiting } from '../screens/mayday/question.ts';
import type { Preflight } from '../session/run.ts';
import { fireLockOf, isTyping } from './arming.ts';
import type { ConsoleState, RunView } from './state.ts';

/**
 * The times for display: monotonic milliseconds for our own countdowns, server milliseconds for everything in the
 * cluster.
 */
export interface Now {
  monotonic: number;
  server: number;
}

/** A live fault as one entry of the list: a run of ours, a mark that a watch follows, or an injection that only a full scan found. */
export type FaultEntry =
  | { key: string; is: 'run'; run: RunView }
  | { key: string; is: 'mark'; mark: Marker }
  | { key: string; is: 'found'; found: FoundInjection };

/** The object that a fault is on. */
export function faultTarget(entry: FaultEntry): ObjectRef;
export function faultTarget(entry: FaultEntry | undefined): ObjectRef | undefined;
export function faultTarget(entry: FaultEntry | undefined): ObjectRef | undefined {
  if (entry?.is === 'run') return entry.run.target;
  return entry?.is === 'mark' ? entry.mark.object : entry?.found.object;
}

export const faultType = (entry: FaultEntry): string =>
  entry.is === 'run' ? entry.run.type : entry.is === 'mark' ? entry.mark.type : entry.found.type;

/** Who injected it, as far as its marks say; the tool where they name nobody. */
export function faultAuthor(entry: FaultEntry): string {
  if (entry.is === 'run') return 'this console';
  const { by, host, tool } =
    entry.is === 'mark'
      ? entry.mark
      : {
          by: entry.found.by,
          host: undefined,
          tool: entry.found.state === 'foreign' ? entry.found.source : entry.found.tool,
        };
  return by === undefined ? tool : `${by}${host === undefined ? '' : `@${host}`}`;
}

/** What the last full scan found on the object of a fault. */
export function foundOn({ look }: Pick<ConsoleState, 'look'>, entry: FaultEntry): FoundInjection | undefined {
  if (entry.is === 'found') return entry.found;
  const on = faultTarget(entry);
  return look.found.find(one => sameName(one.object, on));
}

/** The name of the context where it is protected: it must be typed before anything dangerous is done there. */
export const protectedContext = ({ link }: Pick<ConsoleState, 'link'>): string | undefined =>
  link.state === 'connected' && link.isProtected ? link.context : undefined;

/** Everybody's faults: our runs, marks that a watch follows, and what only a full scan finds, such as the residue of other tools. */
export function allFaults(state: ConsoleState, now: Now): FaultEntry[] {
  const known = faultEntries(state, now);
  const runs = new Set(state.runs.flatMap(({ runId }) => (runId === undefined ? [] : [runId])));
  const others = state.look.found.filter(
    one =>
      one.state !== 'restored' &&
      !(one.run !== undefined && runs.has(one.run)) &&
      !known.some(entry => sameName(faultTarget(entry), one.object)),
  );
  return [...known, ...others.map(found => ({ key: `found ${found.id}`, is: 'found' as const, found }))];
}

const ENDED_STAYS_MS = 15_000;

/** Whether a run still has a fault in the cluster, according to its events. */
export const isLive = (run: RunView): boolean => isUnderWay(run) && run.injectedAt !== undefined && !run.isReverted;
/** Whether a run has no verdict yet. With a verdict, only recording it is left to do. */
export const isUnderWay = (run: RunView): boolean => run.endedAt === undefined && run.verdict === undefined;

/** Runs of ours first, newest first, then marks that no run of ours explains. */
export function faultEntries(state: ConsoleState, now: Now): Exclude<FaultEntry, { is: 'found' }>[] {
  const shown = state.runs.filter(
    run => run.endedAt === undefined || now.monotonic - run.endedAt < ENDED_STAYS_MS || (run.residue ?? 0) > 0,
  );
  const ours = new Set(state.runs.flatMap(run => (run.runId === undefined ? [] : [run.runId])));
  const marks = state.health.markers.filter(mark => mark.run === undefined || !ours.has(mark.run));
  return [
    ...[...shown].reverse().map(run => ({ key: `run ${run.key}`, is: 'run' as const, run })),
    ...[...marks].sort(byDeadline).map(mark => ({ key: `mark ${mark.uid}`, is: 'mark' as const, mark })),
  ];
}

const byDeadline = (a: Marker, b: Marker): number =>
  (a.expires ?? Number.POSITIVE_INFINITY) - (b.expires ?? Number.POSITIVE_INFINITY);

/** How many faults are in the cluster now: our live runs and the marks of everyone else. */
export function liveFaults(state: ConsoleState, now: Now): number {
  return faultEntries(state, now).filter(
    entry => entry.is === 'mark' || isLive(entry.run) || (entry.run.residue ?? 0) > 0,
  ).length;
}

/** The fault that ends next by its TTL, with what is left of it in milliseconds (negative: overdue). */
export function nextTtl(state: ConsoleState, now: Now): { leftMs: number; type: string } | undefined {
  const deadlines = faultEntries(state, now).flatMap(entry => {
    const at = entry.is === 'run' ? (isLive(entry.run) ? entry.run.ttlDeadline : undefined) : entry.mark.expires;
    return at === undefined
      ? []
      : [{ leftMs: at - now.server, type: entry.is === 'run' ? entry.run.type : entry.mark.type }];
  });
  return deadlines.sort((a, b) => a.leftMs - b.leftMs)[0];
}

/** Whether something on the screen counts seconds, or lapses. */
export const isCounting = ({ runs, health, notice, armed, suite, screens }: ConsoleState): boolean =>
  runs.some(run => run.endedAt === undefined) ||
  health.markers.length > 0 ||
  health.locks.length > 0 ||
  notice?.until !== undefined ||
  health.lastReceivedAt === undefined ||
  armed !== undefined ||
  suite.arming !== undefined ||
  screens.at(-1) !== 'deck';

export const ownLive = (state: ConsoleState): RunView[] => state.runs.filter(isLive);
export const ownUnderWay = (state: ConsoleState): RunView[] => state.runs.filter(isUnderWay);

/** A cluster that has sent nothing for this long counts as not answering, milliseconds. Requests time out much later. */
const UNANSWERED_MS = 5_000;

/** For how long a cluster that never answered has been asked, milliseconds; undefined while that is not too long. */
function unansweredFor({ link, health }: ConsoleState, { monotonic }: Now): number | undefined {
  if (link.state !== 'connected' || health.lastReceivedAt !== undefined) return undefined;
  const asked = monotonic - link.since;
  return asked < UNANSWERED_MS ? undefined : asked;
}

/**
 * Set when nothing has been received from the cluster for too long: milliseconds without data (undefined: never had any) and until the
 * next attempt.
 */
export function outage(
  state: ConsoleState,
  now: Now,
): { silentMs: number | undefined; retryInMs: number | undefined; reason: string } | undefined {
  const syncs = Object.values(state.health.kinds).map(kind => kind.sync);
  const unanswered = unansweredFor(state, now);
  if (unanswered !== undefined && syncs.every(sync => sync.state === 'waiting'))
    return { silentMs: undefined, retryInMs: undefined, reason: `asked ${age(unanswered)} ago` };
  const failing = syncs.filter(sync => sync.state === 'retrying');
  if (failing.length === 0 || syncs.some(sync => sync.state === 'live' || sync.state === 'loading')) return undefined;
  const waits = failing.flatMap(sync => (sync.retryInMs === undefined ? [] : [sync.retryInMs]));
  const { lastReceivedAt } = state.health;
  return {
    silentMs: lastReceivedAt === undefined ? undefined : now.monotonic - lastReceivedAt,
    retryInMs: waits.length === 0 ? undefined : Math.min(...waits),
    reason: failing[0]?.reason ?? '',
  };
}

/** The experiment the cursor is on: by its path, else the first. */
export function chosen(
  state: ConsoleState,
): { path: string; loaded?: LoadedExperiment; text?: string; error?: string } | undefined {
  const entries = state.catalogue ?? [];
  return entries.find(entry => entry.path === state.cursor.experiments) ?? entries[0];
}

/** Whether anything may be injected now, or why not. */
export function injectLock(state: ConsoleState, now: Now): string | undefined {
  if (state.settings.readOnly) return 'read-only: started with --read-only';
  if (state.link.state !== 'connected') return 'not connected yet';
  if (state.health.lastReceivedAt === undefined) return 'no answer from the cluster yet';
  const silence = outage(state, now);
  if (silence) return `no data from the cluster: ${silence.reason}`;
  if (state.kubeconfigChange !== '')
    return `the kubeconfig changed: ${pressFor(state.settings.keys, 'deck', 'acknowledge', 'K')} acknowledges it first`;
  if (state.mayday.phase === 'aborting' || state.mayday.phase === 'reverting') return 'a revert is under way';
  return undefined;
}

/** Whether the plan on screen may be armed, or why not, as far as is known: arming itself checks once more. */
export function armLock(state: ConsoleState, now: Now): string | undefined {
  const locked = injectLock(state, now);
  if (locked !== undefined) return locked;
  const entry = chosen(state);
  if (!entry) return 'no experiment to arm';
  if (entry.error !== undefined) return 'this file is not a valid experiment';
  const check = state.checks.get(entry.path);
  if (check?.state === 'failed') return check.reason;
  return check?.state === 'ready' ? preflightLock(check.preflight) : undefined;
}

function preflightLock({ plan, gates, rights }: Preflight): string | undefined {
  if (plan.is === 'refusal') return plan.message;
  const shut = gates.find(gate => !gate.ok);
  if (shut) return `${shut.gate}: ${shut.reason}`;
  const missing = rights.find(right => right.allowed === false && right.permission.optional === undefined)?.permission;
  return missing && `not permitted: ${missing.verb} ${missing.kind} (for ${missing.for})`;
}

/** Whether `f` would fire now, or why not. */
export function fireLock(state: ConsoleState, now: Now): string | undefined {
  const locked = injectLock(state, now);
  if (locked !== undefined) return locked;
  return fireLockOf(state.armed, now.monotonic, pressFor(state.settings.keys, 'plan', 'arm', 'a'));
}

/** Whether the name that unlocks a dangerous injection is being typed. */
export const isNameTyped = ({ armed }: ConsoleState): boolean => isTyping(armed);

/** Why a record that needs confirmation cannot be shown or confirmed. */
export function askLock(state: ConsoleState): string | undefined {
  if (state.mayday.phase !== 'done') return 'press ! first: it asks about what it cannot settle';
  return waiting(state.mayday) > 0 ? undefined : 'nothing needs your confirmation';
}

/** Why the typed text is not yet an answer. */
export function answerLock({ mayday: { asked } }: ConsoleState): string | undefined {
  if (asked === undefined) return 'nothing is asked';
  const answer = answerOf(asked);
  return 'wrong' in answer ? answer.wrong : undefined;
}

export function revertAllLock(state: ConsoleState): string | undefined {
  if (state.mayday.isQueued) return 'it waits already, and starts as soon as the cluster answers; esc takes it back';
  return noWriteNow(state);
}

/** Whether a revert would have to wait, because the cluster does not answer. */
export const isOutOfReach = ({ link, mayday }: ConsoleState): boolean =>
  link.state !== 'connected' || mayday.phase === 'unreachable';

export const liftLatchLock = (state: ConsoleState): string | undefined =>
  state.link.state === 'connected' ? noWriteNow(state) : 'not connected yet';

/** Why the emergency screen writes nothing now. */
function noWriteNow({ settings, mayday: { phase } }: ConsoleState): string | undefined {
  if (settings.readOnly) return 'read-only: started with --read-only';
  return phase === 'aborting' || phase === 'reverting' ? 'already reverting' : undefined;
}

/** The fault under the cursor: by its key, else the first. */
export function chosenFault(state: ConsoleState, now: Now): FaultEntry | undefined {
  // The deck lists fewer than the faults screen, and what is not on the screen is not chosen.
  const entries = state.screens.includes('faults') ? allFaults(state, now) : faultEntries(state, now);
  return entries.find(entry => entry.key === state.cursor.faults) ?? entries[0];
}

export function revertOneLock(state: ConsoleState, now: Now): string | undefined {
  const fault = chosenFault(state, now);
  if (!fault) return 'no fault to revert';
  if (fault.is === 'found' && fault.found.state === 'foreign')
    return 'another tool injected it: mayday shows it but does not revert it (mayday revert --others asks that tool to stop)';
  if (state.settings.readOnly && fault.is !== 'run') return 'read-only: started with --read-only';
  if (fault.is === 'run' && !isUnderWay(fault.run)) return 'this run is over';
  // Its scan would end the one that the revert of everything waits for.
  if (state.mayday.isQueued && fault.is !== 'run') return 'everything is reverted as soon as the cluster answers';
  return undefined;
}
