import { isRecord } from '../object.ts';

/** The values a simple JSONPath (`.spec.mode`, `.status.conditions[?(@.type=="Ready")].status`) finds. */
export function jsonPath(root: unknown, path: string): unknown[] {
  let found: unknown[] = [root];
  for (const step of stepsOf(path)) found = found.flatMap(value => step(value));
  return found;
}

type Step = (value: unknown) => unknown[];

const STEP =
  /\.?\[\?\(@\.([^=!<>\s]+)\s*(==|!=)\s*["']?([^"')]*)["']?\s*\)\]|\[(\*|-?\d+)\]|\.?\['([^']+)'\]|\.((?:\\.|[^.[\\])+)/g;

function stepsOf(path: string): Step[] {
  const clean = path.trim().replace(/^\{|\}$/g, '');
  return [...clean.matchAll(STEP)].map(([, field, operator, wanted, index, quoted, name]): Step => {
    if (field !== undefined)
      return value =>
        members(value).filter(item => (String(jsonPath(item, `.${field}`)[0]) === wanted) === (operator === '=='));
    if (index === '*') return members;
    if (index !== undefined) return value => (Array.isArray(value) ? [value.at(Number(index))] : []);
    const key = quoted ?? name?.replace(/\\(.)/g, '$1') ?? '';
    if (key === '*') return members;
    return value => (isRecord(value) && value[key] !== undefined ? [value[key]] : []);
  });
}

const members = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
