import { type Operation, pointer, pointerSteps, test, valueAt } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { mayBeRounded } from '../record/exact-json.ts';
import type { GoValue } from '../record/go-json.ts';
import { isMarkPath, onlyStrips } from '../record/strip.ts';
import type { Write } from './write.ts';

type Patch = Extract<Write, { verb: 'patch' }>;
const operationsOf = (write: Patch) => write.body as unknown as Operation[];
const isChange = ({ op, path }: Operation) => op !== 'test' && !isMarkPath(path);
/** Whether the operation removes a mark. Setting the managed-by label to its former value is part of the restore instead. */
const removesMark = ({ op, path }: Operation) => op === 'remove' && isMarkPath(path);

/**
 * The first of two steps: the patch without the removal of the marks, so that the undo record stays on the object until the value was read
 * back. Undefined if the write does not do both.
 */
export function valueStep(write: Write | undefined): Patch | undefined {
  if (write?.verb !== 'patch' || write.patchType !== 'json') return undefined;
  const operations = operationsOf(write);
  const isBoth = operations.some(isChange) && operations.some(removesMark);
  const kept = operations.filter(operation => !removesMark(operation));
  return isBoth ? { ...write, body: kept as unknown as Json } : undefined;
}

/**
 * The second step, decided from `stored`. It tests the values that the first step changed rather than the version, because controllers
 * write their status right after every change. It tests the version if a value cannot be tested.
 */
export function stripBoundTo(strip: Write, first: Patch, stored: KubeObject): Write {
  if (strip.verb !== 'patch' || !onlyStrips(strip)) return strip;
  const own = operationsOf(strip).filter(({ path }) => path !== VERSION);
  const tests: Operation[] = [];
  for (const { op, path } of operationsOf(first)) {
    const isKnown = [...own, ...tests].some(known => known.path === path);
    if (isMarkPath(path) || path === VERSION || isKnown) continue;
    const value = valueAt(stored, pointerSteps(path));
    const isTestable = value !== undefined && !mayBeRounded(value as GoValue);
    if (op !== 'test' && !isTestable) return strip;
    if (isTestable) tests.push(test(path, value as Json));
  }
  const { resourceVersion: _version, ...precondition } = strip.precondition;
  return { ...strip, precondition, body: [...tests, ...own] as unknown as Json };
}

const VERSION = pointer('metadata', 'resourceVersion');
