import type { Engine } from '../engine/engine.ts';
import type { FinishedRun } from '../engine/recorded-run.ts';
import { disk } from '../experiment/files.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import { type Interrupt, listenForInterrupt } from '../host/interrupt.ts';
import type { Knowledge } from '../knowledge/document.ts';
import type { Api } from '../kube/client/api.ts';
import { guardianLines, unmarkedLines } from '../records/unfinished-lines.ts';
import type { RunEvent } from '../run/event.ts';
import { eventJson, eventLine } from '../run/line.ts';
import { exitCodeOfAll, type RunResult } from '../run/verdict/result.ts';
import { engineFor, guardFor, locksFor } from '../runtime/open-engine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isProtected } from '../runtime/settings.ts';
import type { CommandBody, Invocation } from './command.ts';
import { askConsent } from './consent.ts';
import { EXIT, type ExitCode } from './failure.ts';
import { modelsOrFail, watchingDependants } from './knowledge.ts';
import { loadOrFail } from './load.ts';
import { durationOption, wholeNumber } from './number.ts';
import { printNotice } from './output/notice.ts';
import { linePrinter, printJsonLine } from './output/output.ts';
import { secondStopSignal } from './second-stop.ts';
import { withCluster } from './session.ts';
import { withStandardInput } from './standard-input.ts';
import { type PodResult, withPodResult } from './submit/pod-result.ts';

/** What the command line asks for; parsed before a connection is made. */
interface Request {
  due: LoadedExperiment[];
  yes: boolean;
  confirm?: string;
  dryRun: boolean;
  timing: { timeoutMs?: number; soakMs?: number };
  models: readonly Knowledge[];
}

/** `mayday run FILE…`, with `-` for standard input: runs experiments one after the other and prints their events. Ctrl-c stops, reverts and verifies. What remains in the cluster takes precedence over every verdict in the exit code. */
export const runCommand: CommandBody = async invocation => {
  const request = await requestOf(invocation);
  return withCluster(invocation.globals, async (api, runtime) => {
    const interrupt = listenForInterrupt();
    try {
      const own = engineFor(runtime, api, { guard: guardFor(runtime, api), locks: locksFor(runtime, api) });
      const engine = watchingDependants(own, request.models);
      await reportInterruptedRuns(engine, api).catch((error: unknown) =>
        printNotice(`whether runs died here cannot be read: ${(error as Error).message}`),
      );
      return await withPodResult(invocation.options.results, { api, runtime, engine }, async result => {
        const results = await runAll(invocation, request, { api, runtime, result, interrupt });
        const isCutShort = interrupt.signal.aborted && results.length < request.due.length;
        return (isCutShort ? Math.max(exitCodeOfAll(results), EXIT.aborted) : exitCodeOfAll(results)) as ExitCode;
      });
    } finally {
      interrupt.dispose();
    }
  });
};

async function requestOf({ globals, args, options }: Invocation): Promise<Request> {
  const maxTier = wholeNumber(options.maxTier, 'max-tier', 0, 6);
  const timeoutMs = durationOption(options.timeout, 'timeout');
  const soakMs = durationOption(options.soak, 'soak');
  const set = (options.set as string[] | undefined) ?? [];
  const paths = args[0] as string[];
  const files = await withStandardInput(disk, paths, process.stdin);
  const all = paths.map(path => loadOrFail(path, { namespace: globals.namespace, set }, files));
  return {
    due: all.filter(loaded => isDue(loaded, maxTier)),
    yes: options.yes === true,
    ...(typeof options.confirm === 'string' ? { confirm: options.confirm } : {}),
    dryRun: options.dryRun === true || globals.readOnly === true,
    models: modelsOrFail((options.knowledge as string[] | undefined) ?? []),
    timing: { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(soakMs === undefined ? {} : { soakMs }) },
  };
}

function isDue({ experiment, path }: LoadedExperiment, maxTier: number | undefined): boolean {
  if (maxTier === undefined || experiment.spec.tier <= maxTier) return true;
  printNotice(`${path}: skipped, tier ${experiment.spec.tier} is above ${maxTier}`);
  return false;
}

async function runAll(
  invocation: Invocation,
  request: Request,
  { api, runtime, result, interrupt }: { api: Api; runtime: Runtime; result: PodResult; interrupt: Interrupt },
): Promise<RunResult[]> {
  const { context } = api.identity;
  const dryRun = request.dryRun || runtime.config.readOnly;
  const guarded = isProtected(context, runtime.config.protected) ? context : undefined;
  const results: RunResult[] = [];
  const line = linePrinter(invocation.globals);
  const onEvent = (loaded: LoadedExperiment) => (event: RunEvent) => {
    result.addLine(eventJson(event), lineOf(loaded, event));
    if (invocation.globals.output === 'text') line(lineOf(loaded, event));
    else printJsonLine(eventJson(event));
  };
  for (const loaded of request.due) {
    if (interrupt.signal.aborted) break;
    if (!dryRun) await askConsent(loaded, request, guarded, interrupt.signal);
    const finished = await result.engine.run(loaded, {
      ...request.timing,
      emit: onEvent(loaded),
      signal: interrupt.signal,
      stopWaiting: secondStopSignal(interrupt),
      dryRun,
    });
    results.push(finished.result);
    printRecordPath(invocation, finished);
  }
  return results;
}

function lineOf(loaded: LoadedExperiment, event: RunEvent): string {
  const { metadata, spec } = loaded.experiment;
  return eventLine(event, { experiment: metadata.name, recoveryTimeoutMs: spec.hypothesis.recoveryTimeoutMs });
}

/** Reports what runs that died have left, who will revert it, and what a guardian has reverted since the last run. */
async function reportInterruptedRuns(engine: Engine, api: Api): Promise<void> {
  const [work, dead] = [await engine.guardianWork(), await engine.unfinished()];
  for (const line of [...guardianLines(work, dead, api.serverTime().now), ...unmarkedLines(dead)]) printNotice(line);
  const left = dead.filter(one => one.written.length > 0 && !one.guardian && one.marked !== false);
  if (left.length === 0) return;
  const runs = left.map(one => one.run).join(', ');
  printNotice(
    `${left.length === 1 ? 'a run' : `${left.length} runs`} died before the fault was reverted (${runs}); \`mayday revert --all\` reverts everything`,
  );
}

function printRecordPath({ globals }: Invocation, { recordPath }: FinishedRun): void {
  if (globals.output === 'text' && recordPath !== undefined) printNotice(`record ${recordPath}`);
}
