import { listenForInterrupt } from '../../host/interrupt.ts';
import type { Api } from '../../kube/client/api.ts';
import { engineFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { ofSubmission } from '../../submit/cancel.ts';
import { exitCodeOf, type FollowEvent, follow, unended } from '../../submit/follow.ts';
import { reaperText } from '../../submit/reaper-status.ts';
import { removeRights } from '../../submit/remove.ts';
import type { SubmissionState } from '../../submit/state.ts';
import { counted } from '../../text/counted.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, print, printJsonLine } from '../output/output.ts';
import { stateJson, stateLines } from './state-text.ts';

/** Gives a function that prints each event as a line: text has the pod number in front, JSON has `index`. */
export function followScreen(globals: GlobalOptions): (event: FollowEvent) => void {
  const line = linePrinter(globals);
  return event => {
    const at = event.index === undefined ? '' : `[${event.index}] `;
    if (globals.output === 'jsonl')
      return printJsonLine(
        event.is === 'event'
          ? { index: event.index, ...event.event }
          : {
              at: new Date().toISOString(),
              event: 'submission',
              ...(event.index === undefined ? {} : { index: event.index }),
              says: event.says,
            },
      );
    if (globals.output !== 'text') return;
    if (event.is === 'state') line(`${at}-- ${event.says}`);
    else if (event.event.line !== undefined) line(`${at}${event.event.line}`);
  };
}

/**
 * Follows a submission to its end, and then removes its rights. Ctrl-c ends only the following. The exit code is the most severe one of its runs;
 * where a pod died, a scan for its runs decides.
 */
export async function followToEnd(
  globals: GlobalOptions,
  { api, runtime }: { api: Api; runtime: Runtime },
  { id, namespace }: { id: string; namespace: string },
): Promise<ExitCode> {
  const interrupt = listenForInterrupt();
  try {
    const state = await follow(api, {
      id,
      namespace,
      clock: runtime.realClock,
      emit: followScreen(globals),
      signal: interrupt.signal,
    });
    if (state === undefined && interrupt.signal.aborted) {
      printNotice(
        `no longer followed; it goes on: \`mayday submit --follow ${id}\`, or \`--cancel ${id}\` to revert and remove it`,
      );
      return EXIT.inconclusive;
    }
    if (state === undefined)
      throw new CommandFailure(`submission ${id} is not in ${namespace} any more`, EXIT.inconclusive);
    const code = await codeOf(state, api, runtime);
    await removeItsRights(state, api, runtime);
    if (globals.output !== 'jsonl') print({ ...stateJson(state), exitCode: code }, globals, () => stateLines(state));
    return code;
  } finally {
    interrupt.dispose();
  }
}

/** The exit code of a submission that has ended. For a pod that died the cluster is scanned. */
async function codeOf(state: SubmissionState, api: Api, runtime: Runtime): Promise<ExitCode> {
  const dead = unended(state);
  if (dead.length === 0) return exitCodeOf(state) as ExitCode;
  const indexes = dead.map(({ index }) => index).join(', ');
  printNotice(`pod ${indexes} ended without its result; what it left is looked for`);
  const seen = await engineFor(runtime, api).scan({ deep: true });
  const left = ofSubmission(seen, state);
  for (const { id } of left) printNotice(`still in the cluster: ${id}`);
  if (left.length > 0) {
    printNotice(`${await reaperText(api)}; \`mayday submit --cancel ${state.id}\` reverts it now`);
    return EXIT.residue;
  }
  if (seen.blind.length > 0) {
    printNotice(`nothing of it was found, but not everything could be read: ${seen.blind[0]?.resource}`);
    return EXIT.residue;
  }
  printNotice('nothing of it is in the cluster');
  const others = exitCodeOf({ ...state, results: state.results.filter(({ summary }) => summary?.state === 'done') });
  return (others === EXIT.residue ? others : EXIT.aborted) as ExitCode;
}

async function removeItsRights(state: SubmissionState, api: Api, runtime: Runtime): Promise<void> {
  const { removed, left } = await removeRights(api, state.id, runtime.realClock);
  if (removed.length > 0)
    printNotice(`its rights were removed: ${counted(removed.length, 'object')}; its results are kept`);
  for (const line of left) printNotice(`of its rights: ${line}`);
}
