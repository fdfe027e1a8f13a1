import { isHolderAlive } from '../../engine/holder-process.ts';
import { listenForInterrupt } from '../../host/interrupt.ts';
import { proofText } from '../../injection/write/receipt.ts';
import type { Api } from '../../kube/client/api.ts';
import { engineFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { type Cancelled, cancel } from '../../submit/cancel.ts';
import type { SubmissionState } from '../../submit/state.ts';
import { counted } from '../../text/counted.ts';
import { sanitise } from '../../text/sanitise.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { linePrinter, print } from '../output/output.ts';
import { followScreen } from './follow-screen.ts';
import { stateJson, stateLines } from './state-text.ts';

/** `mayday submit --cancel`: exit 0 when nothing of the submission remains, 7 when something does or may, 8 when not everything could be read. */
export async function cancelSubmission(
  globals: GlobalOptions,
  { api, runtime }: { api: Api; runtime: Runtime },
  state: SubmissionState,
): Promise<ExitCode> {
  const interrupt = listenForInterrupt();
  try {
    const engine = engineFor(runtime, api);
    const done = await cancel(
      {
        api,
        clock: runtime.realClock,
        isHolderAlive: isHolderAlive(),
        scan: () => engine.scan({ deep: true }),
        revert: found => engine.revert(found),
        emit: globals.output === 'text' || globals.output === 'jsonl' ? followScreen(globals) : () => undefined,
        signal: interrupt.signal,
      },
      state,
    );
    const code = codeOf(done);
    if (globals.output === 'text') for (const line of lines(done)) linePrinter(globals)(line);
    else print({ ...stateJson(done.state), ...json(done), exitCode: code }, globals, () => []);
    return code;
  } finally {
    interrupt.dispose();
  }
}

function codeOf({ running, remaining, blind, removal }: Cancelled): ExitCode {
  if (running !== undefined || remaining > 0) return EXIT.residue;
  if (blind.length > 0) return EXIT.unreachable;
  return (removal?.left.length ?? 0) > 0 ? EXIT.unreachable : EXIT.done;
}

function lines({ state, running, reverted, found, remaining, blind, locks, removal }: Cancelled): string[] {
  return [
    ...stateLines(state),
    ...(running === undefined ? [] : [`NOT ENDED: ${running}; ask again with \`mayday submit --cancel ${state.id}\``]),
    ...(found.length === 0 ? [] : [`its pods had left ${found.length}: ${found.map(({ id }) => id).join(', ')}`]),
    ...(reverted?.receipts ?? []).map(
      ({ id, outcome, verified, message }) =>
        `receipt  ${id}  ${outcome}${verified ? `, ${proofText({ outcome, verified })}` : ', NOT VERIFIED'}${message === '' ? '' : `: ${message}`}`,
    ),
    ...blind.slice(0, 5).map(({ resource, reason }) => `BLIND     ${resource}: ${sanitise(reason, 200)}`),
    ...locks.freed.map(operator => `the lock of ${operator} is free again`),
    ...locks.unfreed.map(why => `a lock may be held: ${why}`),
    ...(removal?.left ?? []).map(left => `not removed: ${left}`),
    `${remaining} of it remain in the cluster${blind.length > 0 ? `, but blind to ${blind.length}: there may be more` : ''}${
      removal === undefined
        ? '; its objects were kept'
        : removal.left.length === 0
          ? `; ${counted(removal.removed.length, 'object')} removed`
          : ''
    }`,
  ];
}

const json = ({ running, found, reverted, remaining, blind, locks, removal }: Cancelled) => ({
  locks,
  ...(running === undefined ? {} : { running }),
  found: found.map(({ id, type, run }) => ({ id, type, ...(run === undefined ? {} : { run }) })),
  receipts: reverted?.receipts ?? [],
  remaining,
  blind,
  ...(removal === undefined ? {} : { removed: removal.removed, notRemoved: removal.left }),
});
