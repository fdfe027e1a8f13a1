import type { Clock } from '../host/clock.ts';
import type { Api } from '../kube/client/api.ts';
import { gravest } from '../run/verdict/result.ts';
import type { ResultEvent } from './result.ts';
import { readSubmissions, type SubmissionState } from './state.ts';

/** One thing that following tells: a line of a pod, or of the submission itself. */
export type Told = { is: 'event'; index: number; event: ResultEvent } | { is: 'state'; index?: number; says: string };

export interface FollowOptions {
  id: string;
  namespace: string;
  clock: Clock;
  tell(told: Told): void;
  signal: AbortSignal;
  /** Until it has ended, unless told: a caller that cancels goes on until the pods are gone. */
  isOver?(state: SubmissionState): boolean;
}

/** Between two looks. */
const LOOK_MS = 1_000;

/**
 * Tells what a submission's pods write, from the first line on, until it has ended. Only reads: whether anybody follows is nothing to the
 * pods. Gives the last state seen; undefined when the signal aborted, or the submission is not there.
 */
export async function follow(api: Api, options: FollowOptions): Promise<SubmissionState | undefined> {
  const { id, namespace, clock, tell, signal, isOver = hasEnded } = options;
  const seen = new Map<number, number>();
  const said = new Map<string, string>();
  const once = (key: string, says: string, index?: number) => {
    if (says === '' || said.get(key) === says) return;
    said.set(key, says);
    tell({ is: 'state', says, ...(index === undefined ? {} : { index }) });
  };
  for (;;) {
    if (signal.aborted) return undefined;
    const read = await readSubmissions(api, { id, namespace });
    if (!read.ok) once('read', `cannot be read: ${read.message}; asked again`);
    const state = read.ok ? read.value[0] : undefined;
    if (read.ok) {
      if (said.delete('read')) tell({ is: 'state', says: 'can be read again' });
      if (state === undefined) return undefined;
      for (const blind of state.blind) once(blind, `BLIND to ${blind}`);
      for (const { index, events } of state.results) {
        const from = seen.get(index) ?? 0;
        const first = events[0]?.n ?? 0;
        if (first > from + 1) tell({ is: 'state', index, says: `${first - from - 1} earlier lines were not kept` });
        // A new pod of a schedule begins to count anew.
        const isAnew = (events.at(-1)?.n ?? 0) < from;
        for (const event of events) if (isAnew || event.n > from) tell({ is: 'event', index, event });
        seen.set(index, events.at(-1)?.n ?? (isAnew ? 0 : from));
      }
      for (const { name, index, phase, says } of state.pods)
        once(name, `pod ${name} ${phase}${says === '' ? '' : `: ${says}`}`, index);
      if (isOver(state)) return state;
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
}

/** Whether nothing of it goes on: its Job is over, and no pod is left that runs. */
export const hasEnded = ({ work, ended, pods, blind }: SubmissionState): boolean =>
  (ended !== undefined || (work === 'gone' && blind.length === 0)) && pods.every(({ isEnded }) => isEnded);

/** Results that have no end though nothing goes on: their pods died. */
export const unended = (state: SubmissionState) => state.results.filter(({ summary }) => summary?.state !== 'done');

/** Ids of the runs that a submission began. */
export const runsOf = ({ results }: SubmissionState): Set<string> =>
  new Set(results.flatMap(({ summary }) => (summary?.runs ?? []).flatMap(({ run }) => run ?? [])));

/** The gravest of the exit codes of its results; 5 for one without an end. */
export const exitCodeOf = (state: SubmissionState): number =>
  gravest(state.results.map(({ summary }) => (summary?.state === 'done' ? (summary.exitCode ?? 1) : 5)));
