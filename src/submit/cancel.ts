import type { Clock } from '../host/clock.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { Api } from '../kube/client/api.ts';
import type { RevertResult } from '../revert/revert-all.ts';
import type { ScanResult } from '../revert/scan.ts';
import type { IsHolderAlive } from '../safety/lock-holder.ts';
import { freeLocks } from '../safety/locks.ts';
import { follow, runsOf, type Told } from './follow.ts';
import { nameOfSubmission } from './names.ts';
import { type Removal, removeAll } from './remove.ts';
import type { SubmissionState } from './state.ts';

export interface CancelDeps {
  api: Api;
  clock: Clock;
  survives: IsHolderAlive;
  scan(): Promise<ScanResult>;
  revert(findings: readonly FoundInjection[]): Promise<RevertResult>;
  tell(told: Told): void;
  signal: AbortSignal;
}

/** How a cancellation ended. */
export interface Cancelled {
  /** As last seen, when its pods were gone. */
  state: SubmissionState;
  /** Its pods did not end in time, or nobody could say. */
  running?: string;
  /** What its pods had left, as found by the scan after their end. */
  found: FoundInjection[];
  reverted?: RevertResult;
  /** After that, by one more scan. */
  remaining: number;
  blind: ScanResult['blind'];
  /** Locks of operators that its dead pods held, as they are told. */
  locks: { freed: string[]; unfreed: string[] };
  /** Undefined where something remains: the objects are kept, since they say what it is. */
  removal?: Removal;
}

/** How long the pods may take to revert and end. */
const LONGEST_MS = 180_000;

/**
 * Ends a submission: deletes its Job, which tells the pods to end and so to revert; waits until they are gone; scans for what they left and
 * reverts that here; scans again; and only then takes the objects away. A pod's rights are there until it is gone.
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
          tell: deps.tell,
          since: state,
          signal,
          isOver: ({ pods, work, blind }) => blind.length === 0 && work === 'gone' && pods.length === 0,
        })
      : undefined;
  over.abort();
  await late;
  const seen = last ?? state;
  const running = stopped ?? (last === undefined ? 'its pods had not ended when the waiting was over' : undefined);
  const first = await deps.scan();
  const found = ofSubmission(first, seen);
  const reverted = found.length === 0 || running !== undefined ? undefined : await deps.revert(found);
  const after = reverted === undefined ? first : await deps.scan();
  const remaining = ofSubmission(after, seen).length;
  const isClean = running === undefined && remaining === 0 && after.blind.length === 0;
  const locks = isClean ? await freeOwnLocks(deps, seen) : { freed: [], unfreed: [] };
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

/** A pod that was killed at once leaves its operator locked for a quarter of an hour. */
async function freeOwnLocks({ api, survives }: CancelDeps, state: SubmissionState): Promise<Cancelled['locks']> {
  const runs = [...runsOf(state)];
  const { freed, unfreed } = await freeLocks(api, survives, holder => runs.some(run => holder.endsWith(`/${run}`)));
  return { freed: freed.map(({ operator }) => operator), unfreed };
}

/** Deletes Job or CronJob; they stay until their pods are gone. Gives why that could not be done. */
async function stopWork(api: Api, { id, namespace, work }: SubmissionState): Promise<string | undefined> {
  if (work === 'gone') return undefined;
  const on = { apiVersion: 'batch/v1', kind: work, namespace, name: nameOfSubmission(id) };
  const gone = await api.remove(on, { propagationPolicy: 'Foreground' });
  return gone.ok || gone.reason === 'not-found' ? undefined : `its ${work} could not be deleted: ${gone.message}`;
}

/**
 * What a scan shows of a submission's own: by the runs that its results name, and by the account that injected, since a pod may have died
 * before it could write down the run.
 */
export function ofSubmission({ injections }: Pick<ScanResult, 'injections'>, state: SubmissionState): FoundInjection[] {
  const runs = runsOf(state);
  const account = `system:serviceaccount:${state.namespace}:${nameOfSubmission(state.id)}`;
  return injections.filter(
    ({ run, by, tool, state: how }) =>
      how !== 'foreign' && ((run !== undefined && runs.has(run)) || (tool === 'mayday' && by === account)),
  );
}
