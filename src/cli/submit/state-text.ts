import { hasEnded } from '../../submit/follow.ts';
import type { Result } from '../../submit/result.ts';
import type { SubmissionState } from '../../submit/state.ts';
import { counted } from '../../text/counted.ts';
import { sanitise } from '../../text/sanitise.ts';

/** The status of a submission, in one word. */
function statusWord(state: SubmissionState): string {
  const { work, suspended, active = 0, ended, pods, blind } = state;
  if (work === 'CronJob') return suspended ? 'suspended' : active > 0 ? 'running' : 'scheduled';
  if (hasEnded(state)) return 'ended';
  if (work === 'gone') return blind.length > 0 ? 'BLIND' : 'ending';
  if (ended !== undefined) return 'ending';
  if (suspended) return 'suspended';
  return pods.some(({ phase }) => phase === 'Running') ? 'running' : 'waiting';
}

export const stateJson = (state: SubmissionState): Record<string, unknown> => ({
  id: state.id,
  namespace: state.namespace,
  state: statusWord(state),
  work: state.work,
  ...(state.about === undefined
    ? {}
    : {
        by: state.about.by,
        at: state.about.at,
        image: state.about.image,
        ...(state.about.schedule === undefined
          ? {}
          : { schedule: state.about.schedule, timeZone: state.about.timeZone }),
      }),
  ...(state.lastScheduled === undefined ? {} : { lastScheduled: state.lastScheduled }),
  ...(state.ended === undefined ? {} : { ended: state.ended.says }),
  results: state.results.map(({ index, summary, history }) => ({
    index,
    ...(summary === undefined ? { state: 'waiting' } : summary),
    ...(history.length === 0 ? {} : { history }),
  })),
  pods: state.pods,
  blind: state.blind,
});

/** The results, a line for each run; missing results are named. */
export function stateLines(state: SubmissionState): string[] {
  return state.results.flatMap(result => [
    ...runLines(result, state),
    ...(result.summary?.missing ?? []).map(what => `[${result.index}] missing: ${sanitise(what, 200)}`),
  ]);
}

function runLines({ index, summary }: Result, state: SubmissionState): string[] {
  if (summary === undefined) {
    const pod = state.pods.find(one => one.index === index);
    return [
      `[${index}] no result${pod === undefined ? '' : `: pod ${pod.phase}${pod.says === '' ? '' : `, ${pod.says}`}`}`,
    ];
  }
  const runs = summary.runs.map(({ experiment, end, notRun, phase }) => {
    const how =
      end === undefined
        ? (notRun ?? `NO END, last seen in ${phase ?? 'no phase'}`)
        : `${end.verdict.toUpperCase()}${end.residue > 0 ? `, ${end.residue} REMAIN` : ''}${end.reasons[0] === undefined ? '' : `: ${end.reasons[0]}`}`;
    return `[${index}] ${sanitise(experiment, 100)}  ${sanitise(how, 400)}`;
  });
  const end = summary.state === 'done' ? `exit code ${summary.exitCode}` : 'the pod wrote no end';
  return [...runs, `[${index}] ${end}`];
}

/** One line for `--list`. */
export function listLine(state: SubmissionState): string {
  const { id, namespace, about, results, ended } = state;
  const runs = about?.queues.flatMap(queue => queue.runs.map(({ experiment }) => experiment)) ?? [];
  const expected = runs.length * (about?.rounds ?? 1);
  const done = results.flatMap(({ summary }) => (summary?.runs ?? []).filter(({ end }) => end !== undefined));
  const verdicts = done.map(({ end }) => end?.verdict);
  const byVerdict = [...new Set(verdicts)].map(
    verdict => `${verdicts.filter(one => one === verdict).length} ${verdict}`,
  );
  const what =
    expected === 1 ? runs[0] : `${counted(expected, 'run')} in ${counted(about?.queues.length ?? 0, 'queue')}`;
  const how = [...byVerdict, ...(done.length < expected ? [`${expected - done.length} without an end`] : [])].join(
    ', ',
  );
  const when = about?.schedule === undefined ? '' : `  "${about.schedule}"`;
  const held = state.pods.find(({ isEnded, says }) => !isEnded && says !== '')?.says;
  const why = ended?.ok === false && done.length < expected ? `  ${ended.says}` : held === undefined ? '' : `  ${held}`;
  return `${id}  ${namespace}  ${statusWord(state).padEnd(9)}  ${what ?? '?'}${when}  ${how}  by ${about?.by ?? '?'}${why}`;
}
