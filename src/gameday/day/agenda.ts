import { createHash } from 'node:crypto';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { experimentFiles, type Files, isGameDayPlan, readSource } from '../../experiment/files.ts';
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

/** A scenario with the experiments that it runs; none where people do it by hand. */
export interface ReadyScenario {
  scenario: Scenario;
  hypothesis: string;
  experiments: LoadedExperiment[];
}

export type Agenda = { ok: true; scenarios: ReadyScenario[]; files: KeptFile[] } | { ok: false; issues: CleanIssue[] };

/** Reads the files of a plan, from the disk or from the journal of a day that was started on another machine. */
export interface PlanFiles {
  /** The experiment files at a path of the plan, relative to the plan's folder; a text says what is wrong. */
  under(path: string): string[] | string;
  read(path: string): { text: string } | { problem: string };
}

/** Reads from the disk, relative to the folder of the plan. */
export function filesBeside(planPath: string, disk: Files): PlanFiles {
  const folder = dirname(planPath);
  const full = (path: string) => (isAbsolute(path) ? path : join(folder, path));
  return {
    under(path) {
      const found = experimentFiles(full(path), disk);
      if (typeof found === 'string') return found;
      const experiments = found.filter(file => !isGameDayPlan(readSource(file, disk).text ?? ''));
      return experiments.map(file => (isAbsolute(path) ? file : relative(folder, file)));
    },
    read(path) {
      const source = readSource(full(path), disk);
      return source.problem === undefined ? { text: source.text } : { problem: source.problem };
    },
  };
}

/** Reads the copies in a journal. A file that the journal did not copy is read from the disk, and must not have changed. */
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
            problem: `expected ${path} as it was when the day began, found other content: the journal has no copy of it, since it may hold a Secret value`,
          };
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** Loads every experiment of a plan and checks it against the plan's scope. Reports everything that is wrong, not only the first. */
export function readAgenda(plan: Plan, files: PlanFiles): Agenda {
  const issues: CleanIssue[] = [];
  const kept = new Map<string, KeptFile>();
  const scenarios = plan.day.spec.agenda.map((scenario, index) => {
    const place = at(at('spec.agenda', index), scenario.suite === undefined ? 'experiment' : 'suite');
    const addIssue = (message: string) => void issues.push(cleanIssue({ path: place, message }));
    const experiments = experimentsOf(scenario, files, kept, addIssue);
    for (const loaded of experiments) for (const message of outOfScope(loaded, plan.day)) addIssue(message);
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
  addIssue: (message: string) => void,
): LoadedExperiment[] {
  const path = scenario.experiment ?? scenario.suite;
  if (path === undefined) return [];
  const found = scenario.suite === undefined ? [path] : files.under(path);
  if (typeof found === 'string') {
    addIssue(found);
    return [];
  }
  const loaded = found.flatMap(file => {
    const source = files.read(file);
    if ('problem' in source) {
      addIssue(source.problem);
      return [];
    }
    const loading = loadExperiment(source.text, file, { set: scenario.set });
    if (!loading.ok) {
      const [first] = loading.errors;
      addIssue(`${file}: ${first === undefined ? 'not an experiment' : issueLine(first)}`);
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

/** Whether the document holds a value that is written to, or expected in, a Secret. Such a file must not be copied into a journal. */
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
