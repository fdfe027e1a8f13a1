import { FAULT_RULES } from '../faults/types.ts';
import type { Issue } from '../text/issue.ts';
import type { Draft } from './draft.ts';

/** One line of the form in which an experiment is filled in. */
export interface FormField {
  key: string;
  label: string;
  value: string;
  isRequired: boolean;
}

const COMMON_FIELDS = [
  { key: 'namespace', label: 'namespace' },
  { key: 'ttl', label: 'TTL' },
  { key: 'recoveryTimeout', label: 'recovery within' },
  { key: 'maxPods', label: 'pods at most' },
  { key: 'name', label: 'experiment' },
] as const;

const PARAMETER = 'parameters.';

/** The fields of a draft: the parameters of its type, the required ones first, then what every experiment has. */
export function formFields(draft: Draft): FormField[] {
  const rules = Object.entries(FAULT_RULES[draft.type].parameters).map(([name, rule]) => ({
    key: `${PARAMETER}${name}`,
    label: name,
    value: draft.parameters[name] ?? '',
    isRequired: rule.required === true,
  }));
  return [
    ...rules.filter(({ isRequired }) => isRequired),
    ...rules.filter(({ isRequired }) => !isRequired),
    ...COMMON_FIELDS.map(({ key, label }) => ({ key, label, value: draft[key], isRequired: true })),
  ];
}

/**
 * The draft with another value in a field. For a type that deletes a namespace, that namespace is also the target
 * namespace.
 */
export function withField(draft: Draft, key: string, value: string): Draft {
  if (!key.startsWith(PARAMETER)) return { ...draft, [key]: value };
  const name = key.slice(PARAMETER.length);
  const { namespaceParameter, parameters } = FAULT_RULES[draft.type];
  const isPlace = name === namespaceParameter && parameters[name]?.required === true;
  return { ...draft, parameters: { ...draft.parameters, [name]: value }, ...(isPlace && { namespace: value }) };
}

/** The form field for each path of a document, the longest path first. */
const FIELD_BY_PATH: readonly (readonly [path: string, key: string])[] = [
  ['spec.injection.ttl', 'ttl'],
  ['spec.hypothesis.recoveryTimeout', 'recoveryTimeout'],
  ['spec.blastRadius.maxPodsAffected', 'maxPods'],
  ['spec.injection.count', 'maxPods'],
  ['spec.blastRadius.allowedNamespaces', 'namespace'],
  ['metadata.namespace', 'namespace'],
  ['metadata.name', 'name'],
];

/** The form field that an issue is about; undefined when there is none. */
export function fieldOf({ path }: Pick<Issue, 'path'>): string | undefined {
  if (path.startsWith('spec.injection.parameters.')) return path.slice('spec.injection.'.length);
  return FIELD_BY_PATH.find(([place]) => path === place || path.startsWith(`${place}[`))?.[1];
}
