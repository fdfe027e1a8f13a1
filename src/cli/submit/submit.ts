import { listenForInterrupt } from '../../host/interrupt.ts';
import type { Api } from '../../kube/client/api.ts';
import { recordKeyFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { createAll, type RefusedObject, refusedText, tryAll } from '../../submit/create.ts';
import { reaperText } from '../../submit/reaper-status.ts';
import { objectsOf, type Submission } from '../../submit/submission.ts';
import type { CommandBody, Invocation } from '../command.ts';
import { answered, askConsent } from '../consent.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, print, printUnchanged } from '../output/output.ts';
import { withCluster } from '../session.ts';
import { askSuiteConsent } from '../suite/consent.ts';
import { cancelSubmission } from './cancel.ts';
import { followToEnd } from './follow-screen.ts';
import { listSubmissions, logsOf, theSubmission } from './list.ts';
import { prepare } from './prepare.ts';
import { requestOf, type SubmitRequest } from './request.ts';
import { streamOf, submissionLines, submittedLines } from './submission-lines.ts';

/** `mayday submit PATHS…`: experiments as a Job in the cluster, followed to their end; `--list`, `--logs`, `--follow`, `--cancel` for what was submitted. */
export const submitCommand: CommandBody = invocation => {
  const { globals, args, options } = invocation;
  const asked = (['list', 'logs', 'follow', 'cancel'] as const).filter(name => options[name] !== undefined);
  const [what, ...more] = asked;
  if (more.length > 0 || (what !== undefined && (args[0] as string[]).length > 0))
    throw new CommandFailure(
      `expected either files, or one of --list, --logs, --follow and --cancel; found ${asked.map(name => `--${name}`).join(' and ')}${more.length > 0 ? '' : ' with files'}`,
    );
  if (what === undefined) return submit(invocation);
  const where = options.in === undefined ? {} : { namespace: String(options.in) };
  if (what === 'list') return withCluster(globals, api => listSubmissions(globals, api, where));
  const id = String(options[what]);
  return withCluster(globals, async (api, runtime) => {
    const state = await theSubmission(api, id, where);
    if (what === 'logs') return logsOf(globals, api, state);
    if (what === 'follow') return followToEnd(globals, { api, runtime }, state);
    if (globals.readOnly === true || runtime.config.readOnly)
      throw new CommandFailure('--read-only: nothing was cancelled');
    return cancelSubmission(globals, { api, runtime }, state);
  });
};

async function submit(invocation: Invocation): Promise<ExitCode> {
  const { globals } = invocation;
  const request = await requestOf(invocation);
  return withCluster(globals, async (api, runtime) => {
    const submission = await submitNow(invocation, request, { api, runtime });
    if (submission === undefined) return EXIT.done;
    if (!request.detach && request.when === undefined) return followToEnd(globals, { api, runtime }, submission);
    const { id, namespace } = submission;
    if (globals.output !== 'text') print({ id, namespace }, globals, () => []);
    return EXIT.done;
  });
}

/** Checks, asks, has the server try it, and creates it. Undefined for a dry run. */
async function submitNow(
  invocation: Invocation,
  request: SubmitRequest,
  { api, runtime }: { api: Api; runtime: Runtime },
): Promise<Submission | undefined> {
  const { globals } = invocation;
  const { output } = globals;
  const interrupt = listenForInterrupt();
  try {
    const isDry = request.dryRun || runtime.config.readOnly;
    const confirm = async (wantsSignature: boolean) => {
      if (isDry) return;
      await consent(invocation, request, { api, runtime, signal: interrupt.signal });
      // The key for records is created here, before the pods start: they may not create it.
      if (wantsSignature) await recordKeyFor(api, runtime.realClock).make();
    };
    const submission = await prepare(request, api, runtime, { signal: interrupt.signal, confirm });
    const objects = objectsOf(submission);
    if (output === 'text') for (const line of submissionLines(submission, objects)) linePrinter(globals)(line);
    const refused = await tryAll(api, objects);
    if (refused.length > 0) throw notSubmitted(refused);
    if (isDry) {
      if (output === 'text') linePrinter(globals)('dry run: the server would take every object; nothing was submitted');
      else printUnchanged(streamOf(objects, output === 'jsonl' || output === 'json' ? output : 'yaml'));
      printNotice(await reaperText(api));
      return undefined;
    }
    if (interrupt.signal.aborted) throw new CommandFailure('interrupted; nothing was submitted', EXIT.aborted);
    const created = await createAll(api, objects);
    if (!created.ok) {
      for (const line of created.left) printNotice(`made, and not taken away again: ${line}`);
      throw notSubmitted([created.refused], created.left.length > 0);
    }
    printNotice(await reaperText(api));
    for (const line of submittedLines(submission, objects)) printNotice(line);
    return submission;
  } finally {
    interrupt.dispose();
  }
}

function consent(
  invocation: Invocation,
  { due, isOne }: SubmitRequest,
  { api, runtime, signal }: { api: Api; runtime: Runtime; signal: AbortSignal },
): Promise<void> {
  const { answers, guarded } = answered(invocation, api, runtime);
  const [one] = due;
  return isOne && one !== undefined
    ? askConsent(one, answers, guarded, signal)
    : askSuiteConsent(due, answers, guarded, signal);
}

/** A failure for the first object that the server refuses; exit 8 where that is for lack of permission or of an answer, else 2. */
function notSubmitted([first, ...more]: readonly RefusedObject[], isLeft = false): CommandFailure {
  const reason = first === undefined ? '' : refusedText(first);
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  const isCluster = first === undefined || !['invalid', 'conflict', 'already-exists'].includes(first.failure.reason);
  return new CommandFailure(
    `expected the server to take every object, found ${reason}${others}; ${isLeft ? 'what was made is named above' : 'nothing was submitted'}`,
    isCluster ? EXIT.unreachable : EXIT.usage,
  );
}
