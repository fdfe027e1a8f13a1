import { FAULT_RULES, FAULT_TYPES } from '../faults/types.ts';
import { at, type Issue, quoted, suggestion } from '../text/issue.ts';
import type { RawExperiment } from './document-shape.ts';
import { EXPERIMENT } from './document-shape.ts';
import { decode } from './yaml/decode.ts';
import { openDocument } from './yaml/document.ts';
import { fields, type Shape } from './yaml/shape.ts';

/** Changes to a document from the command line. */
export interface Overrides {
  /** Moves the experiment: metadata, checks that name a namespace, allowed namespaces, and the target's own namespace parameter. */
  namespace?: string;
  /** `path=value` each, under spec: `blastRadius.maxPodsAffected=2`, `steadyState.checks[0].name=web`. */
  set?: readonly string[];
}

/** The document with the overrides applied, and what was wrong with them. */
export function override(raw: RawExperiment, overrides: Overrides): { raw: RawExperiment; issues: Issue[] } {
  const changed = structuredClone({ ...raw });
  if (overrides.namespace !== undefined) moveTo(changed, overrides.namespace);
  const issues = (overrides.set ?? []).flatMap(setting => setOne(changed, setting));
  return { raw: changed, issues };
}

function moveTo(raw: RawExperiment, namespace: string): void {
  raw.metadata = { ...raw.metadata, namespace };
  for (const check of raw.spec?.steadyState?.checks ?? []) {
    if ((check.namespace ?? '') !== '') check.namespace = namespace;
  }
  const blast = raw.spec?.blastRadius;
  if (blast?.allowedNamespaces?.length) blast.allowedNamespaces = [namespace];
  const injection = raw.spec?.injection;
  const type = FAULT_TYPES.find(known => known === injection?.type);
  const parameter = type === undefined ? undefined : FAULT_RULES[type].namespaceParameter;
  // The framework does not change this parameter, so that with its override the fault is still in the original namespace.
  if (injection?.parameters !== undefined && parameter !== undefined && injection.parameters[parameter] !== undefined) {
    injection.parameters[parameter] = namespace;
  }
}

const SETTING = /^(?<path>[^=]+)=(?<value>[\s\S]*)$/;

function setOne(raw: RawExperiment, setting: string): Issue[] {
  const { path = '', value = '' } = SETTING.exec(setting)?.groups ?? {};
  const steps = stepsOf(path.trim());
  if (steps === undefined) {
    return [
      {
        path: '',
        message: `--set: expected path=value such as blastRadius.maxPodsAffected=2, found ${quoted(setting)}`,
      },
    ];
  }
  const place = shapeAt(steps);
  if (typeof place === 'string') return [{ path: place, message: `--set ${quoted(path)}: no such field` }];
  const read = readValue(value, place.shape, `--set ${path}`);
  if ('issues' in read) return read.issues;
  return put(raw, place.steps, read.value)
    ? []
    : [{ path: pathOf(place.steps), message: `--set ${quoted(path)}: the document has no such list entry` }];
}

type Step = string | number;

/** `a.b[0]["c.d"]` in steps below spec; a leading `spec.` is allowed. */
function stepsOf(path: string): Step[] | undefined {
  const steps: Step[] = [];
  const token = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
  while (token.lastIndex < path.length) {
    const match = token.exec(path);
    if (match === null) return undefined;
    steps.push(match[1] ?? (match[2] === undefined ? (JSON.parse(match[3] ?? '""') as string) : Number(match[2])));
  }
  if (steps.length === 0) return undefined;
  return steps[0] === 'spec' ? steps : ['spec', ...steps];
}

/** The shape of the value at a path, with field names as the document spells them; a text is the path that does not exist. */
function shapeAt(steps: readonly Step[]): { shape: Shape; steps: Step[] } | string {
  let shape: Shape = EXPERIMENT;
  const spelled: Step[] = [];
  for (const [index, step] of steps.entries()) {
    if (shape.is === 'texts') {
      // Names of parameters may have dots in them: the rest of the path is one name.
      return { shape: { is: 'text' }, steps: [...spelled, steps.slice(index).join('.')] };
    }
    const next: Shape | undefined = below(shape, step);
    if (next === undefined) return pathOf([...spelled, step]) + hint(shape, step);
    spelled.push(step);
    shape = next;
  }
  return { shape, steps: spelled };
}

function below(shape: Shape, step: Step): Shape | undefined {
  if (shape.is === 'list') return typeof step === 'number' ? shape.of : undefined;
  return shape.is === 'fields' && typeof step === 'string' && Object.hasOwn(shape.fields, step)
    ? shape.fields[step]
    : undefined;
}

function hint(shape: Shape, step: Step): string {
  return shape.is === 'fields' && typeof step === 'string' ? suggestion(step, Object.keys(shape.fields)) : '';
}

function pathOf(steps: readonly Step[]): string {
  return steps.reduce<string>((path, step) => at(path, step), '');
}

/** Text is taken as it stands; everything else is read as the document would read it. */
function readValue(value: string, shape: Shape, path: string): { value: unknown } | { issues: Issue[] } {
  if (shape.is === 'text') return { value };
  const opened = openDocument(`value: ${value}`, { a: 'a value', each: 'value' });
  if (!opened.ok) return { issues: [{ path, message: opened.message }] };
  const decoded = decode(opened.document, opened.root, fields({ value: shape }));
  if (decoded.issues.length > 0) return { issues: decoded.issues.map(issue => ({ path, message: issue.message })) };
  return { value: (decoded.value as { value?: unknown }).value };
}

/** Puts a value in place, making maps on the way; false where a list has no such entry. */
function put(raw: RawExperiment, steps: readonly Step[], value: unknown): boolean {
  let holder = raw as unknown as Record<Step, unknown>;
  for (const [index, step] of steps.slice(0, -1).entries()) {
    if (holder[step] === undefined) {
      if (typeof step === 'number') return false;
      holder[step] = typeof steps[index + 1] === 'number' ? [] : {};
    }
    holder = holder[step] as Record<Step, unknown>;
  }
  const last = steps.at(-1) as Step;
  if (typeof last === 'number' && last >= (holder as unknown as unknown[]).length) return false;
  holder[last] = value;
  return true;
}
