import { disk, type Files, readSource } from '../../experiment/files.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import { RELEASE_IMAGE } from '../../host/version.ts';
import { isSecretPath } from '../../injection/record/secret-text.ts';
import type { Knowledge } from '../../knowledge/document.ts';
import { knowledgeFiles } from '../../knowledge/files.ts';
import type { NotifyObject } from '../../submit/job.ts';
import { scheduleProblem, timeZoneProblem } from '../../submit/schedule.ts';
import { MOST_BYTES } from '../../submit/submission.ts';
import { SUITE_DEFAULTS } from '../../suite/defaults.ts';
import type { Timing } from '../../suite/longest.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure } from '../failure.ts';
import { modelsOrFail } from '../knowledge.ts';
import { durationOption, wholeNumber } from '../number.ts';
import { printNotice } from '../output/notice.ts';
import { withStandardInput } from '../standard-input.ts';
import { suiteFiles } from '../suite/files.ts';
import { notifyObject } from './notify-object.ts';
import { podSpecOption } from './pod-spec.ts';

/** What the command line asks to submit; parsed before a connection is made. */
export interface SubmitRequest {
  due: LoadedExperiment[];
  /** The text of each document, by path. */
  texts: Map<string, string>;
  /** Operators' knowledge models, and their texts. */
  models: readonly Knowledge[];
  modelTexts: readonly string[];
  /** How often all of it is run. */
  rounds: number;
  /** The object with the receivers that the pods notify. */
  notify?: NotifyObject;
  /** A single file: its experiment runs alone, not as a suite. */
  isOne: boolean;
  /** The namespace of the Job and the results; the context's namespace when left out. */
  namespace?: string;
  image: string;
  podSpec: Readonly<Record<string, unknown>>;
  when?: { schedule: string; timeZone: string };
  parallel: number;
  timing: Timing;
  keepMs: number;
  /** Arguments for the pod's command line. */
  passed: string[];
  dryRun: boolean;
  detach: boolean;
}

const MOST_ROUNDS = 1000;
const KEEP_MS = 86_400_000;

export async function requestOf({ globals, args, options }: Invocation): Promise<SubmitRequest> {
  const paths = args[0] as string[];
  if (paths.length === 0)
    throw new CommandFailure(
      'expected files or folders of experiments, or one of --list, --logs ID, --follow ID, --cancel ID; found neither',
    );
  const files = await withStandardInput(disk, paths, process.stdin);
  const set = (options.set as string[] | undefined) ?? [];
  const maxTier = wholeNumber(options.maxTier, 'max-tier', 0, 6);
  const all = suiteFiles(paths, { namespace: globals.namespace, set }, files);
  const due = all.filter(({ experiment }) => maxTier === undefined || experiment.spec.tier <= maxTier);
  if (due.length < all.length)
    printNotice(`${all.length - due.length} of ${all.length} left out: their tier is above ${maxTier}`);
  if (due.length === 0)
    throw new CommandFailure('expected an experiment to submit, found none: every one was left out');
  const timeoutMs = durationOption(options.timeout, 'timeout');
  const rounds = wholeNumber(options.repeat, 'repeat', 1, MOST_ROUNDS) ?? 1;
  const isOne = paths.length === 1 && files.place(paths[0] ?? '').is === 'file' && rounds === 1;
  const gateMs = durationOption(options.gate, 'gate');
  if (isOne && gateMs !== undefined)
    throw new CommandFailure(
      'expected --gate only with a folder or several files: one experiment looks once and begins',
    );
  const { models, modelTexts } = knowledgeOf((options.knowledge as string[] | undefined) ?? []);
  const texts = textsOf(due, files);
  expectFitting([...texts.values(), ...modelTexts]);
  return {
    due,
    texts,
    models,
    modelTexts,
    rounds,
    ...(options.notify === undefined ? {} : { notify: notifyObject(String(options.notify)) }),
    isOne,
    ...(options.in === undefined ? {} : { namespace: namespaceName(String(options.in)) }),
    image: String(options.image ?? RELEASE_IMAGE),
    podSpec: podSpecOption(options.podSpec),
    ...whenOf(options),
    parallel: wholeNumber(options.parallel, 'parallel', 1, 100) ?? SUITE_DEFAULTS.parallel,
    timing: {
      gateMs: isOne ? 0 : (gateMs ?? SUITE_DEFAULTS.gateMs),
      soakMs: durationOption(options.soak, 'soak') ?? SUITE_DEFAULTS.soakMs,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
    keepMs: durationOption(options.keep, 'keep') ?? KEEP_MS,
    passed: passedOn({ globals, options }, isOne),
    dryRun: options.dryRun === true || globals.readOnly === true,
    detach: options.detach === true,
  };
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function namespaceName(text: string): string {
  if (NAMESPACE.test(text)) return text;
  throw new CommandFailure(
    `expected --in to be the name of a namespace (lower-case letters, digits and dashes), found ${text}`,
  );
}

function whenOf({ schedule, timeZone }: Record<string, unknown>): Pick<SubmitRequest, 'when'> {
  if (schedule === undefined) {
    if (timeZone !== undefined) throw new CommandFailure('expected --time-zone only with --schedule');
    return {};
  }
  const when = { schedule: String(schedule).trim(), timeZone: String(timeZone ?? 'Etc/UTC') };
  const problem = scheduleProblem(when.schedule);
  if (problem !== undefined) throw new CommandFailure(`--schedule: ${problem}`);
  const zone = timeZoneProblem(when.timeZone);
  if (zone !== undefined) throw new CommandFailure(`--time-zone: ${zone}`);
  return { when };
}

/** The options that are passed on to the command line of the pod. */
function passedOn({ globals, options }: Pick<Invocation, 'globals' | 'options'>, isOne: boolean): string[] {
  const words = (name: string, flag: string) => (options[name] === undefined ? [] : [flag, String(options[name])]);
  const set = (options.set as string[] | undefined) ?? [];
  return [
    ...(globals.namespace === undefined ? [] : ['-n', globals.namespace]),
    ...(set.length === 0 ? [] : ['--set', ...set]),
    ...words('soak', '--soak'),
    ...words('timeout', '--timeout'),
    ...words('gate', '--gate'),
    ...(isOne ? [] : [...words('repeat', '--repeat'), ...(options.failFast === true ? ['--fail-fast'] : [])]),
  ];
}

/** The text of each document. Throws where one would reveal the content of a Secret. */
function textsOf(due: readonly LoadedExperiment[], files: Files): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { path, experiment } of due) {
    const source = readSource(path, files);
    if (source.problem !== undefined) throw new CommandFailure(source.problem);
    const secret = experiment.spec.steadyState.checks.find(
      ({ kind, fieldPath = '', expectedValue }) => expectedValue !== undefined && isSecretPath(kind, fieldPath),
    );
    if (secret !== undefined)
      throw new CommandFailure(
        `${path}: its check of Secret ${secret.name} holds the value that is expected there, and a submitted plan is stored in a ConfigMap, which others may read: use resourceExists, or \`mayday run\``,
      );
    const { parameters } = experiment.spec.injection;
    if (parameters.value !== undefined && (parameters.resourceType === 'Secret' || parameters.kind === 'Secret'))
      printNotice(
        `${path}: the value that it puts into Secret ${parameters.name ?? ''} will be stored in a ConfigMap, which others may read`,
      );
    texts.set(path, source.text);
  }
  return texts;
}

/** Fails where what is submitted does not fit into the ConfigMap that holds it. */
function expectFitting(texts: readonly string[]): void {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > MOST_BYTES)
    throw new CommandFailure(
      `expected experiments of at most ${MOST_BYTES / 1024} KiB together, which a ConfigMap holds; found ${Math.ceil(bytes / 1024)} KiB: submit a part of them`,
    );
}

/** The models, and their texts in the same order, as the pods read them. */
function knowledgeOf(paths: readonly string[]): Pick<SubmitRequest, 'models' | 'modelTexts'> {
  const models = modelsOrFail(paths);
  const modelTexts = knowledgeFiles(paths, disk).map(({ path }) => readSource(path, disk).text ?? '');
  return { models, modelTexts };
}
