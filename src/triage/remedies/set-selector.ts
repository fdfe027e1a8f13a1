import { pointer, set, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { shellWord } from '../../text/shell-word.ts';
import type { Finding } from '../finding/finding.ts';
import { fromCommands, isDoneWhenChanged, type PlanInput, type Planned, patchPlan, type Remedy } from './remedy.ts';

type Selector = Readonly<Record<string, string>>;

/** `kubectl patch service web -n shop --type=merge -p '{"spec":{"selector":{"app":"web"}}}'`: the labels to select. */
const COMMAND = /\bpatch service \S+ -n \S+ --type=merge -p '([^']+)'$/;

/** The labels that the command of a finding sets in the selector. Undefined if no command sets only these. */
const wantedBy = (finding: Pick<Finding, 'fixes'>): Selector | undefined =>
  fromCommands(finding, command => {
    const [, patch] = COMMAND.exec(command) ?? [];
    return patch === undefined ? undefined : selectorIn(patch);
  });

function selectorIn(patch: string): Selector | undefined {
  const { spec, ...other } = parsed(patch);
  const { selector, ...rest } = (spec ?? {}) as { selector?: unknown };
  const entries = Object.entries((selector ?? {}) as object);
  const isOnlyLabels = entries.length > 0 && entries.every(([, value]) => typeof value === 'string');
  return isOnlyLabels && Object.keys({ ...other, ...rest }).length === 0 ? Object.fromEntries(entries) : undefined;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const textOf = (labels: readonly (readonly [string, string])[]): string =>
  labels.map(([key, value]) => `${key}=${value}`).join(', ');

const selectorOf = ({ spec }: KubeObject): Selector => (spec as { selector?: Selector } | undefined)?.selector ?? {};

/** Sets the labels that the finding names in the selector of a Service, when the selector has a typing error. */
export const setSelector: Remedy = {
  name: 'set-selector',
  title: 'correct the selector of',
  about: 'Sets the labels that triage names in the selector of the Service, so that it matches its pods.',
  isReversible: true,
  fits: finding => finding.rule === 'service/selector' && wantedBy(finding) !== undefined,
  plan,
  isDone: isDoneWhenChanged(selectorOf),
};

function plan({ object }: PlanInput, finding: Finding): Planned {
  const wanted = Object.entries(wantedBy(finding) ?? {});
  const where = nameOf(refOf(object));
  const current = selectorOf(object);
  const missing = wanted.find(([key]) => current[key] === undefined);
  if (missing !== undefined) return { refusal: `${where} does not select by ${missing[0]} any more: run triage again` };
  const changes = wanted.filter(([key, value]) => current[key] !== value);
  if (changes.length === 0) return { refusal: `${where} has that selector already` };
  const before = Object.fromEntries(changes.map(([key]) => [key, current[key] ?? '']));
  const path = (key: string) => pointer('spec', 'selector', key);
  const operations = changes.flatMap(([key, value]) => [test(path(key), current[key] ?? null), set(path(key), value)]);
  const undo = shellWord(JSON.stringify({ spec: { selector: before } }));
  const { name, namespace } = object.metadata;
  return patchPlan(
    object,
    operations,
    `set ${textOf(changes)} in the selector of ${where} (before: ${textOf(Object.entries(before))})`,
    `kubectl patch service ${name} -n ${namespace} --type=merge -p ${undo}`,
  );
}
