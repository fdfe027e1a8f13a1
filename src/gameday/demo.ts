import type { Engine } from '../engine/engine.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import type { Clock } from '../host/clock.ts';
import { writeEnvelope } from '../injection/record/envelope.ts';
import { createdLabels, ROLLBACK_DATA } from '../injection/record/markers.ts';
import type { ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import { findingLine, receiptLine, remainLine } from '../revert/report.ts';
import type { RunEvent, Verdict } from '../run/event.ts';
import { eventLine } from '../run/line.ts';
import type { RunResult } from '../run/verdict/result.ts';
import { summaryLines } from '../run/verdict/summary.ts';
import { sanitise } from '../text/sanitise.ts';

/** How fast the sandbox and the engine's clock run, so that minutes of waiting pass in seconds. */
export const DEMO_SPEED = 6;

/** One act of the demo: the narration, and the experiment that is run. */
export interface Act {
  title: string;
  says: readonly string[];
  /** Path below the folder of experiments. */
  file: string;
  expects: Verdict;
  /** Shorter than the document's, to keep the demo short. Milliseconds. */
  ttlMs?: number;
}

export const ACTS: readonly Act[] = [
  {
    title: 'a controller dies',
    says: [
      'The pod of the KServe controller is killed. Nothing is left behind to undo.',
      'Question: does it come back by itself, and within a minute?',
    ],
    file: 'kserve/main-controller-kill.yaml',
    expects: 'Resilient',
  },
  {
    title: 'a configuration drifts, and nobody notices',
    says: [
      'One key of the LlamaStack serving configuration is overwritten. The original is saved in the same request.',
      'No check fails, so a single look would call this fine. Here the drift itself must go. TTL: one minute.',
    ],
    file: 'llamastack/config-drift.yaml',
    ttlMs: 60_000,
    expects: 'Degraded',
  },
  {
    title: 'a release that cannot be pulled',
    says: [
      'odh-model-controller is rolled to an image that does not exist.',
      'A healthy rollout keeps the old pod serving until the fault is reverted.',
    ],
    file: 'odh-model-controller/image-corrupt.yaml',
    expects: 'Resilient',
  },
];

/** The object that the last act plants an injection in, as the framework writes it when its process dies. */
const LEFTOVER: ObjectRef & { namespace: string } = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace: 'opendatahub',
  name: 'llamastack-serving-config',
};
const LEFTOVER_KEY = 'config.yaml';

export interface DemoDeps {
  engine: Engine;
  api: Api;
  /** Wall time, for the pauses of the narration. */
  clock: Clock;
  /** Reads one of the experiments that come with the program; throws an error with a one-line message when it cannot. */
  load(file: string): LoadedExperiment;
  /** Receives each line. */
  print(line: string): void;
  signal?: AbortSignal;
  /** Pause after each line of narration, milliseconds. */
  pauseMs?: number;
}

export interface DemoResult {
  results: RunResult[];
  /** How many injections the last act could not revert. */
  remaining: number;
  /** 0 when every act ended as planned and nothing remains; 6 interrupted; 7 residue; 1 when an act ended otherwise. */
  exitCode: 0 | 1 | 6 | 7;
}

/** Runs the scripted game-day: three experiments with three endings, then a leftover of another tool that is found and reverted. */
export async function runDemo(deps: DemoDeps): Promise<DemoResult> {
  const { print: say } = deps;
  const results: RunResult[] = [];
  const isOver = () => deps.signal?.aborted === true;
  await narrate(deps, ['A game-day in under a minute, on a cluster that lives in this program. Its time runs fast.']);
  for (const [index, act] of ACTS.entries()) {
    if (isOver()) break;
    say('');
    say(`ACT ${index + 1}  ${act.title}`);
    await narrate(deps, act.says);
    results.push(await runAct(deps, act));
  }
  const remaining = isOver() ? 0 : await revertLeftover(deps);
  say('');
  for (const line of summaryLines(results)) say(line);
  return { results, remaining, exitCode: exitCodeOf(results, remaining, isOver()) };
}

async function narrate(
  { print: say, clock, signal, pauseMs = 700 }: DemoDeps,
  lines: readonly string[],
): Promise<void> {
  for (const line of lines) {
    if (signal?.aborted) return;
    say(`  ${line}`);
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}

/** Whether an event is printed. Phases and passed gates are left out; the record of the run has them. */
const isPrinted = (event: RunEvent): boolean => event.event !== 'phase' && !(event.event === 'gate' && event.ok);

async function runAct({ engine, load, print: say, signal }: DemoDeps, act: Act): Promise<RunResult> {
  const loaded = load(act.file);
  const { metadata, spec } = loaded.experiment;
  const options = { experiment: metadata.name, recoveryTimeoutMs: spec.hypothesis.recoveryTimeoutMs };
  say(`$ mayday run experiments/${act.file}`);
  const { result } = await engine.run(loaded, {
    emit: event => {
      if (isPrinted(event)) say(eventLine(event, options));
    },
    ...(signal ? { signal } : {}),
    ...(act.ttlMs === undefined ? {} : { ttlMs: act.ttlMs }),
  });
  return result;
}

/** The last act: a scan and a revert. Gives how many injections remain. */
async function revertLeftover(deps: DemoDeps): Promise<number> {
  const { engine, api, print: say } = deps;
  say('');
  say(`ACT ${ACTS.length + 1}  somebody else’s chaos`);
  const planted = await writeLeftover(api);
  if (planted !== undefined) {
    say(`  ${planted}`);
    return 0;
  }
  await narrate(deps, [
    'Meanwhile another tool injected a fault and was killed before it could clean up.',
    'Nobody here knows about it. The cluster does: the marks are on the object.',
  ]);
  say('$ mayday scan');
  const found = await engine.scan({ deep: true });
  for (const finding of found.injections) say(findingLine(finding, api.serverTime().now));
  say('$ mayday revert --all');
  const reverted = await engine.revert(found.injections, {
    emit: event => {
      if (event.event === 'receipt' && event.final) say(receiptLine(event.receipt));
    },
  });
  say(remainLine(reverted));
  return reverted.remaining;
}

/** Writes an injection in the framework's own format. Gives undefined when it is in place, else why it is not. */
async function writeLeftover(api: Api): Promise<string | undefined> {
  const got = await api.get(LEFTOVER);
  if (!got.ok) return sanitise(`the demo cannot be prepared: ${LEFTOVER.kind} ${LEFTOVER.name}: ${got.message}`);
  const original = (got.value.data as Record<string, string> | undefined)?.[LEFTOVER_KEY];
  const record = writeEnvelope({
    key: LEFTOVER_KEY,
    keyExists: String(original !== undefined),
    originalValue: original ?? '',
    resourceType: 'ConfigMap',
  });
  const injected = await api.patch(
    LEFTOVER,
    'merge',
    {
      metadata: { annotations: { [ROLLBACK_DATA]: record }, labels: createdLabels('ConfigDrift') },
      data: { [LEFTOVER_KEY]: 'chaos' },
    },
    { fieldManager: 'operator-chaos' },
  );
  return injected.ok ? undefined : sanitise(`the demo could not be prepared: ${injected.message}`);
}

function exitCodeOf(results: readonly RunResult[], remaining: number, isInterrupted: boolean): DemoResult['exitCode'] {
  if (remaining > 0 || results.some(result => result.residue > 0)) return 7;
  if (isInterrupted) return 6;
  return results.every((result, index) => result.verdict === ACTS[index]?.expects) ? 0 : 1;
}
