import { isRecord } from '../object.ts';
import { isIntOrString, keepsUnknown, type SchemaNode } from '../schema/node.ts';

/** Why an applied configuration does not fit its schema, worded as the real server words it; undefined when it fits. */
export function typingProblem(value: unknown, node: SchemaNode, path = ''): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (isIntOrString(node) || (node.raw.oneOf && !node.raw.type)) return undefined;
  switch (node.raw.type) {
    case 'string':
      return typeof value === 'string'
        ? undefined
        : `${path}: expected string, got &value.valueUnstructured{Value:${goText(value)}}`;
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : `${path}: expected numeric (int or float), got ${typeof value}`;
    case 'boolean':
      return typeof value === 'boolean'
        ? undefined
        : `${path}: expected boolean, got &value.valueUnstructured{Value:${goText(value)}}`;
    case 'array':
      return listProblem(value, node, path);
    case 'object':
      return mapProblem(value, node, path);
    default:
      return undefined;
  }
}

/** A value as Go prints its parts. */
function goText(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (!isRecord(value)) return String(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${goText(member)}`);
  return `map[string]interface {}{${members.join(', ')}}`;
}

function listProblem(value: unknown, node: SchemaNode, path: string): string | undefined {
  if (!Array.isArray(value)) return `${path}: expected list, got &{${goText(value)}}`;
  const { items } = node;
  if (!items) return undefined;
  const twice = duplicateKey(value, node);
  if (twice) return `${path}: duplicate entries for key ${twice}`;
  for (const [i, item] of value.entries()) {
    const problem = typingProblem(item, items, `${path}[${i}]`);
    if (problem) return problem;
  }
  return undefined;
}

/** The first duplicate item of a keyed list, as `[name="app"]`. */
function duplicateKey(value: readonly unknown[], node: SchemaNode): string | undefined {
  const keys = node.raw['x-kubernetes-list-map-keys'];
  if (node.raw['x-kubernetes-list-type'] !== 'map' || !keys) return undefined;
  const seen = new Set<string>();
  const stated = (item: unknown, key: string) =>
    (item as Record<string, unknown>)[key] ?? node.items?.property(key)?.raw.default;
  return value
    .map(item => `[${keys.map(key => `${key}=${JSON.stringify(stated(item, key))}`).join(',')}]`)
    .find(key => seen.size === seen.add(key).size);
}

function mapProblem(value: unknown, node: SchemaNode, path: string): string | undefined {
  if (!isRecord(value)) return `${path}: expected map, got &{${goText(value)}}`;
  if (keepsUnknown(node)) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const child = node.property(name) ?? node.extra;
    const at = `${path}.${name}`;
    const problem = child ? typingProblem(member, child, at) : `${at}: field not declared in schema`;
    if (problem) return problem;
  }
  return undefined;
}
