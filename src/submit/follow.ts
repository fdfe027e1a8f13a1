import type { Clock } from '../host/clock.ts';
import type { Api } from '../kube/client/api.ts';
import { mostSevere } from '../run/verdict/result.ts';
import { nameOfSubmission } from './names.ts';
import type { Result, ResultEvent } from './result.ts';
import { readSubmissions, type SubmissionState } from './state.ts';

/** An event of a submission: a line of a pod, or a change of the submission itself. */
export type FollowEvent =
  | { is: 'event'; index: number; event: ResultEvent }
  | { is: 'state'; index?: number; says: string };

export interface FollowOptions {
  id: string;
  namespace: string;
  clock: Clock;
  emit(event: FollowEvent): void;
  signal: AbortSignal;
  /** A state whose events are left out, since they are known already. */
  since?: SubmissionState;
  /** When to stop; the default is the end of the submission. A caller that cancels goes on until the pods are gone. */
  isOver?(state: SubmissionState): boolean;
}

/** The pause between two reads. */
const LOOK_MS = 1_000;

/**
 * Reports what the pods of a submission write, from the first line on, until it has ended. Only reads; the pods do not
 * depend on it. Gives the last state; undefined when the signal aborted or the submission does not exist.
 */
export async function follow(api: Api, options: FollowOptions): Promise<SubmissionState | undefined> {
  const { id, namespace, clock, signal, since, isOver = hasEnded } = options;
  const reporter = changeReporter(options.emit);
  const began = clock.monotonic();
  if (since !== undefined) reporter.markKnown(since);
  while (!signal.aborted) {
    const read = await readSubmissions(api, { id, namespace });
    const state = read.ok ? read.value[0] : undefined;
    if (!read.ok) reporter.once('read', `cannot be read: ${read.message}; asked again`);
    else if (state === undefined) return undefined;
    else {
      reporter.once('read', '');
      reporter.report(state);
      // Whoever cancels has deleted it himself.
      const isGone = options.isOver === undefined && state.work === 'gone' && state.blind.length === 0;
      reporter.once('gone', isGone ? GONE : '');
      if (isOver(state)) return state;
      const isPodless = state.work === 'Job' && state.pods.length === 0 && clock.monotonic() - began > PODLESS_MS;
      reporter.once('podless', isPodless ? podlessText(state) : '');
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
  return undefined;
}

const GONE = 'its Job is gone: somebody deleted it, or the time that it is kept is over';

/** A Job that has no pod for longer than this is held up: by a quota, an admission policy, or because it is suspended. */
const PODLESS_MS = 10_000;

const podlessText = ({ id, namespace, suspended }: SubmissionState): string =>
  suspended
    ? 'its Job is suspended: nothing starts until somebody resumes it'
    : `no pod of it is there; \`kubectl -n ${namespace} describe job ${nameOfSubmission(id)}\` says why`;

/** Reports what has changed since the read before. */
function changeReporter(emit: (event: FollowEvent) => void) {
  const seen = new Map<number, number>();
  const reported = new Map<string, string>();
  const once = (key: string, says: string, index?: number) => {
    if (reported.get(key) === says) return;
    reported.set(key, says);
    if (says !== '') emit({ is: 'state', says, ...(index === undefined ? {} : { index }) });
  };
  const events = ({ index, events }: Result) => {
    const before = seen.get(index) ?? 0;
    const last = events.at(-1)?.n ?? before;
    // A new pod of a schedule starts to count again.
    const from = last < before ? 0 : before;
    const first = events[0]?.n ?? 0;
    if (first > from + 1) emit({ is: 'state', index, says: `${first - from - 1} earlier lines were not kept` });
    for (const event of events) if (event.n > from) emit({ is: 'event', index, event });
    seen.set(index, last);
  };
  return {
    once,
    /** Marks the events of a state as known. */
    markKnown({ results }: SubmissionState) {
      for (const result of results) seen.set(result.index, result.events.at(-1)?.n ?? 0);
    },
    report({ blind, results, pods }: SubmissionState) {
      for (const one of blind) once(one, `BLIND to ${one}`);
      for (const result of results) events(result);
      for (const { name, index, phase, says } of pods)
        once(name, `pod ${name} ${phase}${says === '' ? '' : `: ${says}`}`, index);
    },
  };
}

/** Whether a submission has ended: its Job is over, and no pod is running. */
export const hasEnded = ({ work, ended, pods, blind }: SubmissionState): boolean =>
  (ended !== undefined || (work === 'gone' && blind.length === 0)) && pods.every(({ isEnded }) => isEnded);

/** Results without an end: the pods of an ended submission that died. */
export const unended = (state: SubmissionState) => state.results.filter(({ summary }) => summary?.state !== 'done');

/** Ids of the runs that a submission began. */
export const runsOf = ({ results }: SubmissionState): Set<string> =>
  new Set(results.flatMap(({ summary }) => (summary?.runs ?? []).flatMap(({ run }) => run ?? [])));

/** The most severe exit code of its results; 5 for one without an end. */
export const exitCodeOf = (state: SubmissionState): number =>
  mostSevere(state.results.map(({ summary }) => (summary?.state === 'done' ? (summary.exitCode ?? 1) : 5)));
