import { join } from 'node:path';
import type { LoadedExperiment } from '../experiment/types.ts';
import type { Files } from '../host/files.ts';
import { isSecretPath } from '../injection/record/secret-text.ts';
import type { RunEvent } from '../run/event.ts';
import type { RunResult } from '../run/verdict/result.ts';
import { jsonText } from '../text/json.ts';
import { type RunHeader, runFolder } from './journal.ts';

/** Everything about a finished run in one document, so that a report needs neither the cluster nor the experiment file. */
export interface RunRecord {
  kind: 'mayday-run';
  v: 1;
  header: RunHeader;
  experiment: LoadedExperiment['experiment'];
  result: RunResult;
  /** Start of each phase, milliseconds since the epoch, server time. */
  phases: { phase: string; at: number }[];
  events: RunEvent[];
}

const recordPath = (stateDir: string, run: string): string => join(runFolder(stateDir, run), 'run.json');

const SECRET = '(not kept)';

/** The experiment without values that are written to, or expected in, a Secret. */
function withoutSecrets(experiment: LoadedExperiment['experiment']): LoadedExperiment['experiment'] {
  const { injection, steadyState } = experiment.spec;
  const { parameters } = injection;
  const isOfSecret = parameters.resourceType === 'Secret' || parameters.kind === 'Secret';
  const kept = isOfSecret && parameters.value !== undefined ? { ...parameters, value: SECRET } : parameters;
  const checks = steadyState.checks.map(check =>
    check.expectedValue !== undefined && isSecretPath(check.kind, check.fieldPath ?? '')
      ? { ...check, expectedValue: SECRET }
      : check,
  );
  return {
    ...experiment,
    spec: {
      ...experiment.spec,
      injection: { ...injection, parameters: kept },
      steadyState: { ...steadyState, checks },
    },
  };
}

/** The record of a finished run, without values of Secrets. */
export function makeRecord(
  header: RunHeader,
  loaded: LoadedExperiment,
  result: RunResult,
  events: readonly RunEvent[],
): RunRecord {
  const phases = events.flatMap(event => (event.event === 'phase' ? [{ phase: event.phase, at: event.at }] : []));
  return {
    kind: 'mayday-run',
    v: 1,
    header,
    experiment: withoutSecrets(loaded.experiment),
    result,
    phases,
    events: [...events],
  };
}

/** Writes the record beside the run's journal; returns its path. */
export async function keepRecord(files: Files, stateDir: string, record: RunRecord): Promise<string> {
  const path = recordPath(stateDir, record.header.run);
  await files.write(path, `${jsonText(record, 2)}\n`);
  return path;
}
