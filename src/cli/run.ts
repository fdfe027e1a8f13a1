import type { LoadedExperiment } from '../experiment/types.ts';
import type { FinishedRun } from '../gameday/engine.ts';
import { eventJson, eventLine } from '../run/line.ts';
import { exitCodeOfAll, type RunResult } from '../run/result.ts';
import { engineFor } from '../runtime/engine.ts';
import { type Interrupt, listenForInterrupt } from '../runtime/interrupt.ts';
import { isProtected } from '../runtime/settings.ts';
import type { CommandBody, Invocation } from './command.ts';
import { ask, canAsk } from './confirm.ts';
import { CommandFailure, EXIT, type ExitCode } from './failure.ts';
import { loadOrFail } from './load.ts';
import { durationOption, wholeNumber } from './number.ts';
import { withCluster } from './session.ts';

/** `mayday run FILE…`: one after the other, streaming; ctrl-c stops, reverts and verifies; what remains outranks every verdict in the exit code. */
export const runCommand: CommandBody = invocation => {
  const { globals, args, options } = invocation;
  const maxTier = wholeNumber(options.maxTier, 'max-tier', 0, 6);
  const timing = {
    timeoutMs: durationOption(options.timeout, 'timeout'),
    soakMs: durationOption(options.soak, 'soak'),
  };
  const set = (options.set as string[] | undefined) ?? [];
  const all = (args[0] as string[]).map(path => loadOrFail(path, { namespace: globals.namespace, set }));
  const due = all.filter(loaded => isDue(loaded, maxTier));
  return withCluster(globals, async (api, runtime) => {
    const dryRun = options.dryRun === true || globals.readOnly === true || runtime.config.readOnly;
    const named = isProtected(api.identity.context, runtime.config.protected) ? api.identity.context : undefined;
    const interrupt = listenForInterrupt();
    const engine = engineFor(runtime, api);
    const results: RunResult[] = [];
    try {
      await warnOfLeftovers(() => engine.unfinished());
      for (const loaded of due) {
        if (interrupt.signal.aborted) break;
        if (!dryRun) await agree(invocation, loaded, named, interrupt.signal);
        const { timeoutMs, soakMs } = timing;
        const finished = await engine.run(loaded, {
          emit: event => process.stdout.write(`${lineOf(invocation, loaded, event)}\n`),
          signal: interrupt.signal,
          insist: insisting(interrupt),
          dryRun,
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ...(soakMs === undefined ? {} : { soakMs }),
        });
        results.push(finished.result);
        tellRecord(invocation, finished);
      }
    } finally {
      interrupt.dispose();
    }
    if (interrupt.signal.aborted && results.length < due.length)
      return Math.max(exitCodeOfAll(results), EXIT.aborted) as ExitCode;
    return exitCodeOfAll(results) as ExitCode;
  });
};

function isDue({ experiment, path }: LoadedExperiment, maxTier: number | undefined): boolean {
  if (maxTier === undefined || experiment.spec.tier <= maxTier) return true;
  process.stderr.write(`mayday: ${path}: skipped, tier ${experiment.spec.tier} is above ${maxTier}\n`);
  return false;
}

/** High danger needs a word from a person, or --yes where there is none; a protected context needs its name typed. */
async function agree(
  { options }: Invocation,
  loaded: LoadedExperiment,
  named: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { metadata, spec } = loaded.experiment;
  if (spec.injection.dangerLevel !== 'high' && named === undefined) return;
  if (options.yes === true && named === undefined) return;
  const what = `${metadata.name} injects ${spec.injection.type}`;
  if (!canAsk()) {
    if (options.yes === true) return;
    throw new CommandFailure(`${what}, danger high: expected --yes where nobody can be asked; nothing was injected`);
  }
  const said =
    named === undefined
      ? await ask(`${what}, danger high. Inject? (yes/no)`, 'yes', signal)
      : await ask(`${what} into the protected context ${named}. Type its name to inject:`, named, signal);
  if (!said) throw new CommandFailure(`${metadata.name}: not injected, the answer was no`, EXIT.aborted);
}

function lineOf({ globals }: Invocation, loaded: LoadedExperiment, event: Parameters<typeof eventLine>[0]): string {
  if (globals.output !== 'text') return JSON.stringify(eventJson(event));
  const { metadata, spec } = loaded.experiment;
  return eventLine(event, { experiment: metadata.name, recoveryTimeoutMs: spec.hypothesis.recoveryTimeoutMs });
}

/** The second request while lifting: say what remains, go on lifting. */
function insisting(interrupt: Interrupt): AbortSignal {
  const controller = new AbortController();
  interrupt.onRequest(count => {
    if (count === 1) process.stderr.write('mayday: stopping; the fault is being lifted and checked\n');
    else controller.abort(new Error('asked again'));
  });
  return controller.signal;
}

async function warnOfLeftovers(
  unfinished: () => Promise<readonly { run: string; written: readonly unknown[] }[]>,
): Promise<void> {
  const open = (await unfinished()).filter(one => one.written.length > 0);
  if (open.length === 0) return;
  const runs = open.map(one => one.run).join(', ');
  process.stderr.write(
    `mayday: ${open.length === 1 ? 'a run' : `${open.length} runs`} died before the fault was lifted (${runs}); \`mayday revert --all\` puts everything back\n`,
  );
}

function tellRecord({ globals }: Invocation, { recordPath }: FinishedRun): void {
  if (globals.output === 'text' && recordPath !== undefined) process.stderr.write(`mayday: record ${recordPath}\n`);
}
