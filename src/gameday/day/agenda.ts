import { createHash } from 'node:crypto';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { experimentFiles, type Files, isPlan, readSource } from '../../experiment/files.ts';
import { loadExperiment } from '../../experiment/load.ts';
import { issueLine } from '../../experiment/report.ts';
import { resolveNamespace } from '../../experiment/scope.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import { isSecretPath } from '../../injection/record/secret-text.ts';
import { at, type CleanIssue, cleanIssue } from '../../text/issue.ts';
import type { KeptFile } from '../journal/record.ts';
import type { GameDay } from '../plan/document.ts';
import type { Plan } from '../plan/read-plan.ts';

type Scenario = GameDay['spec']['agenda'][number];

/** A scenario with everything that it runs; nothing where people do it by hand. */
export interface ReadyScenario {
  scenario: Scenario;
  hypothesis: string;
  experiments: LoadedExperiment[];
}

export type Agenda = { ok: true; scenarios: ReadyScenario[]; files: KeptFile[] } | { ok: false; issues: CleanIssue[] };

/** Where the files of a plan are read from: the disk, or the journal of a day that began somewhere else. */
export interface PlanFiles {
  /** The experiment files that a path of the plan stands for, from the folder of the plan; a text says what is wrong. */
  under(path: string): string[] | string;
  read(path: string): { text: string } | { problem: string };
}

/** The disk, from the folder that the plan lies in. */
export function filesBeside(planPath: string, disk: Files): PlanFiles {
  const folder = dirname(planPath);
  const full = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  return {
    under(path) {
      const found = experimentFiles(full(path), disk);
      if (typeof found === 'string') return found;
      const experiments = found.filter(file => !isPlan(readSource(file, disk).text ?? ''));
      return experiments.map(file => (isAbsolute(path) ? file : relative(folder, file)));
    },
    read(path) {
      const source = readSource(full(path), disk);
      return source.problem === undefined ? { text: source.text } : { problem: source.problem };
    },
  };
}

/** What a journal kept, and the disk for what it did not, if that is still the same. */
export function keptFiles(kept: readonly KeptFile[], disk: PlanFiles): PlanFiles {
  const known = new Map(kept.map(file => [file.path, file]));
  return {
    under(path) {
      const below = [...known.keys()].filter(file => file === path || file.startsWith(`${path.replace(/\/+$/, '')}/`));
      return below.length > 0 ? below : `the journal kept nothing of ${path}`;
    },
    read(path) {
      const file = known.get(path);
      if (file?.text !== undefined) return { text: file.text };
      const found = disk.read(path);
      if ('problem' in found || file === undefined) return found;
      return sha256(found.text) === file.sha256
        ? found
        : {
            problem: `expected ${path} as it was when the day began, found another text: the journal does not hold it, since it may hold a Secret value`,
          };
    },
  };
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Loads every experiment of a plan and holds it to the plan's scope; everything that is wrong at once. */
export function readAgenda(plan: Plan, files: PlanFiles): Agenda {
  const issues: CleanIssue[] = [];
  const kept = new Map<string, KeptFile>();
  const scenarios = plan.day.spec.agenda.map((scenario, index) => {
    const place = at(at('spec.agenda', index), scenario.suite === undefined ? 'experiment' : 'suite');
    const complain = (message: string) => void issues.push(cleanIssue({ path: place, message }));
    const experiments = experimentsOf(scenario, files, kept, complain);
    for (const loaded of experiments) for (const message of outOfScope(loaded, plan.day)) complain(message);
    const [first] = experiments;
    const hypothesis = scenario.hypothesis ?? first?.experiment.spec.hypothesis.description ?? '';
    return { scenario, hypothesis, experiments };
  });
  if (issues.length > 0) return { ok: false, issues };
  return { ok: true, scenarios, files: [...kept.values()] };
}

function experimentsOf(
  scenario: Scenario,
  files: PlanFiles,
  kept: Map<string, KeptFile>,
  complain: (message: string) => void,
): LoadedExperiment[] {
  const path = scenario.experiment ?? scenario.suite;
  if (path === undefined) return [];
  const found = scenario.suite === undefined ? [path] : files.under(path);
  if (typeof found === 'string') {
    complain(found);
    return [];
  }
  const loaded = found.flatMap(file => {
    const source = files.read(file);
    if ('problem' in source) {
      complain(source.problem);
      return [];
    }
    const loading = loadExperiment(source.text, file, { set: scenario.set });
    if (!loading.ok) {
      const [first] = loading.errors;
      complain(`${file}: ${first === undefined ? 'not an experiment' : issueLine(first)}`);
      return [];
    }
    const { sha256: sum } = loading.loaded;
    kept.set(file, { path: file, sha256: sum, ...(holdsSecret(loading.loaded) ? {} : { text: source.text }) });
    return [loading.loaded];
  });
  // Lower tiers first, as the framework's suites go.
  return loaded.toSorted((a, b) => a.experiment.spec.tier - b.experiment.spec.tier);
}

function outOfScope(loaded: LoadedExperiment, { spec }: GameDay): string[] {
  const { experiment, path } = loaded;
  const touched = new Set([resolveNamespace(experiment).namespace, ...experiment.spec.blastRadius.allowedNamespaces]);
  const out = [...touched].filter(namespace => !spec.scope.namespaces.includes(namespace));
  return out.map(
    namespace =>
      `${path}: expected a namespace of spec.scope.namespaces (${spec.scope.namespaces.join(', ')}), found ${namespace}`,
  );
}

/** Whether the document has a value that goes into a Secret, or is expected in one: it must not be copied into a journal. */
function holdsSecret({ experiment }: LoadedExperiment): boolean {
  const { injection, steadyState } = experiment.spec;
  const { parameters } = injection;
  const isOfSecret = parameters.resourceType === 'Secret' || parameters.kind === 'Secret';
  return (
    (isOfSecret && parameters.value !== undefined) ||
    steadyState.checks.some(
      check => check.expectedValue !== undefined && isSecretPath(check.kind, check.fieldPath ?? ''),
    )
  );
}
