import { isFields } from '../../../k8s/fields.ts';
import type { ObjectMeta } from '../../../k8s/object.ts';
import { type Clean, cleanText, literal, sanitise } from '../../../text/sanitise.ts';

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
  const wrong = wrongMember(metadata);
  return wrong === undefined
    ? undefined
    : cleanText`metadata.${sanitise(wrong, 40)} of ${sanitise(metadata.name, 128)} has the wrong form`;
}

type Member = (typeof TEXTS | typeof MAPS | typeof LISTS)[number] & keyof ObjectMeta;

/**
 * The first member of a wrong type. Members that are null are removed: they count as absent. In plain loops, since
 * every object of the cluster comes through here.
 */
function wrongMember(metadata: Fields): Member | undefined {
  let wrong: Member | undefined;
  for (const name of TEXTS) if (isSet(metadata, name) && typeof metadata[name] !== 'string') wrong ??= name;
  for (const name of MAPS) if (isSet(metadata, name) && !isTexts(metadata[name])) wrong ??= name;
  for (const name of LISTS) if (isSet(metadata, name) && !isListOf(name, metadata[name])) wrong ??= name;
  return wrong;
}

function isSet(metadata: Fields, name: Member): boolean {
  if (metadata[name] === null) delete metadata[name];
  return metadata[name] !== undefined;
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
