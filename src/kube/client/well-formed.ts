import { isFields } from '../../k8s/fields.ts';
import type { ObjectMeta } from '../../k8s/object.ts';
import { type Clean, cleanText, literal, sanitise } from '../../text/sanitise.ts';

type Fields = Record<string, unknown>;

const TEXTS = ['namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp'] as const;
const MAPS = ['labels', 'annotations'] as const;
const LISTS = ['finalizers', 'ownerReferences', 'managedFields'] as const;

/**
 * Why this is not a Kubernetes object, in a phrase; undefined when it is one. All code that uses the client relies on
 * this check: `metadata` has a name, string maps and lists have their types. Refuses only what an API server never
 * sends, but a faulty aggregated API server might.
 */
export function malformation(value: unknown): Clean | undefined {
  if (!isFields(value)) return cleanText`it is ${sanitise(kindOfJson(value), 20)} and no object`;
  const { metadata } = value;
  if (!isFields(metadata)) return literal('it has no metadata');
  if (typeof metadata.name !== 'string' || metadata.name === '') return literal('it has no name');
  dropNulls(metadata);
  const wrong =
    TEXTS.find(name => metadata[name] !== undefined && typeof metadata[name] !== 'string') ??
    MAPS.find(name => metadata[name] !== undefined && !isTexts(metadata[name])) ??
    LISTS.find(name => metadata[name] !== undefined && !isListOf(name, metadata[name]));
  return wrong === undefined
    ? undefined
    : cleanText`metadata.${sanitise(wrong, 40)} of ${sanitise(metadata.name, 128)} has the wrong form`;
}

/** Removes members that are null, which count as absent. */
function dropNulls(metadata: Fields): void {
  for (const name of [...TEXTS, ...MAPS, ...LISTS] satisfies (keyof ObjectMeta)[])
    if (metadata[name] === null) delete metadata[name];
}

const isTexts = (value: unknown): boolean => {
  if (!isFields(value)) return false;
  for (const key in value) if (typeof value[key] !== 'string') return false;
  return true;
};

const OWNER = ['apiVersion', 'kind', 'name', 'uid'];

function isListOf(name: (typeof LISTS)[number], value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  if (name === 'finalizers') return value.every(item => typeof item === 'string');
  if (name === 'managedFields') return value.every(isFields);
  return value.every(item => isFields(item) && OWNER.every(field => typeof item[field] === 'string'));
}

const kindOfJson = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;
