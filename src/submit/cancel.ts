import type { Clock } from '../host/clock.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Api } from '../kube/client/api.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import type { ScanResult } from '../revert/scan/scan.ts';
import type { IsHolderAlive } from '../safety/lock-holder.ts';
import { releaseLocks } from '../safety/locks.ts';
import { type FollowEvent, follow, runsOf } from './follow.ts';
import { nameOfSubmission } from './names.ts';
import { type Removal, removeAll } from './remove.ts';
import { readSubmissions, type SubmissionState } from './state.ts';

export interface CancelDeps {
  api: Api;
  clock: Clock;
  isHolderAlive: IsHolderAlive;
  scan(): Promise<ScanResult>;
  revert(findings: readonly FoundInjection[]): Promise<RevertResult>;
  emit(event: FollowEvent): void;
  signal: AbortSignal;
}

/** How a cancellation ended. */
export interface Cancelled {
  /** The last state that was read, after its pods were gone. */
  state: SubmissionState;
  /** Why its pods are not known to have ended; undefined where they have. */
  running?: string;
  /** The injections that its pods had left, from a scan after their end. */
  found: FoundInjection[];
  reverted?: RevertResult;
  /** How many of its injections remain, from another scan after the revert. */
  remaining: number;
  blind: ScanResult['blind'];
  /** Locks of operators that its dead pods held, as lines. */
  locks: { freed: string[]; unfreed: string[] };
  /** Undefined where something remains: then the objects are kept, since they describe it. */
  removal?: Removal;
}

/** How long the pods may take to revert and end. */
const LONGEST_MS = 180_000;

/**
 * Ends a submission: deletes its Job, so that the pods stop and revert; waits until they are gone; scans for what they left and
 * reverts it; scans again; and only then deletes the objects, so that a pod keeps its rights until it is gone.
 */
export async function cancel(deps: CancelDeps, state: SubmissionState): Promise<Cancelled> {
  const { api, clock } = deps;
  const { id, namespace } = state;
  const stopped = await stopWork(api, state);
  const over = new AbortController();
  const signal = AbortSignal.any([deps.signal, over.signal]);
  const late = clock.sleep(LONGEST_MS, over.signal).then(
    () => over.abort(),
    () => undefined,
  );
  const last =
    stopped === undefined
      ? await follow(api, {
          id,
          namespace,
          clock,
          emit: deps.emit,
          since: state,
          signal,
          isOver: ({ pods, work, blind }) => blind.length === 0 && work === 'gone' && pods.length === 0,
        })
      : undefined;
  over.abort();
  await late;
  const waited = stopped === undefined && last === undefined;
  const seen = last ?? (waited ? await latest(api, state) : state);
  const running = stopped ?? (waited ? stillThere(seen) : undefined);
  const first = await deps.scan();
  const found = ofSubmission(first, seen);
  const reverted = found.length === 0 || running !== undefined ? undefined : await deps.revert(found);
  const after = reverted === undefined ? first : await deps.scan();
  const remaining = ofSubmission(after, seen).length;
  const isClean = running === undefined && remaining === 0 && after.blind.length === 0;
  const locks = isClean ? await releaseOwnLocks(deps, seen) : { freed: [], unfreed: [] };
  return {
    state: seen,
    locks,
    ...(running === undefined ? {} : { running }),
    found,
    ...(reverted === undefined ? {} : { reverted }),
    remaining,
    blind: after.blind,
    ...(isClean ? { removal: await removeAll(api, id, clock) } : {}),
  };
}

/** The state as it is now; the one given where that cannot be read. */
async function latest(api: Api, state: SubmissionState): Promise<SubmissionState> {
  const read = await readSubmissions(api, state);
  return (read.ok ? read.value[0] : undefined) ?? state;
}

/** Why the pods are not known to have ended. One whose node is lost for good stays until somebody says so. */
function stillThere({ namespace, pods }: SubmissionState): string {
  const lost = pods.filter(({ isLost }) => isLost === true).map(({ name }) => name);
  if (lost.length === 0) return 'its pods had not ended when the waiting was over';
  return `the node of pod ${lost.join(', ')} does not answer, so whether it has ended is not known; what it left is reverted by \`mayday revert --all\`, and when that node is gone for good, \`kubectl -n ${namespace} delete pod --force ${lost.join(' ')}\` says so`;
}

/** Frees locks of dead pods: without this a killed pod leaves its operator locked for 15 minutes. */
async function releaseOwnLocks(
  { api, isHolderAlive }: CancelDeps,
  state: SubmissionState,
): Promise<Cancelled['locks']> {
  const runs = [...runsOf(state)];
  const { released, notReleased } = await releaseLocks(api, isHolderAlive, holder =>
    runs.some(run => holder.endsWith(`/${run}`)),
  );
  return { freed: released.map(({ operator }) => operator), unfreed: notReleased };
}

/** Deletes Job or CronJob; they stay until their pods are gone. Gives why that could not be done. */
async function stopWork(api: Api, { id, namespace, work }: SubmissionState): Promise<string | undefined> {
  if (work === 'gone') return undefined;
  const on = { apiVersion: 'batch/v1', kind: work, namespace, name: nameOfSubmission(id) };
  const gone = await api.remove(on, { propagationPolicy: 'Foreground' });
  return gone.ok || gone.reason === 'not-found' ? undefined : `its ${work} could not be deleted: ${gone.message}`;
}

/**
 * The injections of a submission in a scan: found by the runs that its results name, and by the account that injected, since a pod may have died
 * before it could record the run.
 */
export function ofSubmission({ injections }: Pick<ScanResult, 'injections'>, state: SubmissionState): FoundInjection[] {
  const runs = runsOf(state);
  const account = `system:serviceaccount:${state.namespace}:${nameOfSubmission(state.id)}`;
  return injections.filter(
    ({ run, by, tool, state: how }) =>
      how !== 'foreign' && ((run !== undefined && runs.has(run)) || (tool === 'mayday' && by === account)),
  );
}
