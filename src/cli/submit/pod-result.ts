import { readFile } from 'node:fs/promises';
import type { Engine } from '../../engine/engine.ts';
import type { FinishedRun } from '../../engine/recorded-run.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { exitCode } from '../../run/verdict/result.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { openResult, type ResultWriter } from '../../submit/write-result.ts';
import { messageOf } from '../../text/message-of.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';

/** Parses the value of `--results`: `configmap/NAME` or `configmap/NAMESPACE/NAME`. */
export function resultsOption(value: unknown): { namespace?: string; name: string } | undefined {
  if (value === undefined) return undefined;
  const [kind, ...rest] = String(value).split('/');
  const [name, namespace] = rest.toReversed();
  if (kind !== 'configmap' || rest.length > 2 || !name)
    throw new CommandFailure(`expected --results configmap/NAME or configmap/NAMESPACE/NAME, found ${String(value)}`);
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

/** What a run or suite uses to store its result in the cluster. Without `--results` its functions do nothing. */
export interface PodResult {
  /** The engine, wrapped so that each run is entered into the result before its first write. */
  engine: Engine;
  /** Adds one line of output to the result. */
  addLine(json: Record<string, unknown>, says: string | undefined): void;
  notRun(experiment: string, says: string): void;
}

/**
 * Does the work and stores its result in the ConfigMap that `--results` names. The result also says how the work ended; a result that could
 * not be written is reported on stderr and changes nothing else.
 */
export async function withPodResult(
  option: unknown,
  { api, runtime, engine }: { api: Api; runtime: Runtime; engine: Engine },
  work: (result: PodResult) => Promise<ExitCode>,
): Promise<ExitCode> {
  const asked = resultsOption(option);
  if (asked === undefined) return work({ engine, addLine: () => undefined, notRun: () => undefined });
  const on: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: api.identity.namespace, ...asked };
  const writer = await openResult(api, on, {
    clock: runtime.realClock,
    pod: process.env.HOSTNAME ?? runtime.host,
    now: () => api.serverTime().now,
  });
  const end = async (code: ExitCode) => {
    const failed = await writer.end(code);
    if (failed !== undefined) printNotice(`the result could not be written to ConfigMap ${asked.name}: ${failed}`);
  };
  try {
    const code = await work({
      engine: recordingEngine(engine, writer),
      addLine: (json, says) => writer.event(json, says),
      notRun: (experiment, notRun) => writer.run({ experiment, notRun }),
    });
    await end(code);
    return code;
  } catch (error) {
    const says = messageOf(error);
    writer.event({ at: new Date(api.serverTime().now).toISOString(), event: 'failed', says }, says);
    await end(error instanceof CommandFailure ? error.exitCode : EXIT.internal);
    throw error;
  }
}

function recordingEngine(engine: Engine, writer: ResultWriter): Engine {
  return {
    ...engine,
    async run(loaded, options) {
      const { name } = loaded.experiment.metadata;
      const finished = await engine.run(loaded, {
        ...options,
        emit(event) {
          if (event.event === 'phase') writer.run({ experiment: name, run: event.run, phase: event.phase });
          options.emit(event);
        },
        async onPlanned(isTarget, permissions) {
          await options.onPlanned?.(isTarget, permissions);
          // The id of the run is needed to find what a dead pod left.
          await writer.flush();
        },
      });
      await keep(writer, loaded, finished);
      return finished;
    },
  };
}

async function keep(
  writer: ResultWriter,
  loaded: LoadedExperiment,
  { result, recordPath }: FinishedRun,
): Promise<void> {
  const { run, verdict, reasons, residue, restoredBy, phase } = result;
  const { name } = loaded.experiment.metadata;
  writer.run({
    experiment: name,
    run,
    phase,
    end: { verdict, reasons, exitCode: exitCode(result), residue, restoredBy },
  });
  const text = recordPath === undefined ? undefined : await readFile(recordPath, 'utf8').catch(() => undefined);
  if (text !== undefined) writer.report(name, JSON.stringify(JSON.parse(text)));
}
