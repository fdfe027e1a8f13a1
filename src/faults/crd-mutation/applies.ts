import { whyHigh } from '../../experiment/danger.ts';
import { validateParameters } from '../../experiment/parameters.ts';
import { aKind, doesNotFit, isKind, objectFit } from '../../injection/plan/fit.ts';
import { isFields } from '../../k8s/fields.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import type { Fit } from '../contract.ts';

/** How many levels of nested maps are searched. */
const DEEPEST = 5;

interface Leaf {
  path: string;
  value: string;
  /** Smaller is better: a boolean and a number take another value in nearly any schema, a text may not. */
  rank: number;
}

/** Any object with a field in its spec that takes another value of the same type. */
export function appliesTo(object: KubeObject): Fit {
  if (isKind(object, '', 'Secret'))
    return doesNotFit('the undo record would show secret data: use ConfigDrift, which keeps it hidden');
  if (isKind(object, '', 'ConfigMap'))
    return doesNotFit('it has no spec: use ConfigDrift, which changes one of its keys');
  if (isKind(object, '', 'Pod')) return doesNotFit('almost nothing in the spec of a Pod can be changed');
  const isCore = coreKind(object.apiVersion, object.kind) !== undefined;
  const leaves = isFields(object.spec) ? leavesOf(object.spec, 'spec', DEEPEST) : [];
  const parametersOf = ({ path, value }: Leaf) => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    path,
    value,
  });
  const isDangerous = (leaf: Leaf): boolean => whyHigh('CRDMutation', parametersOf(leaf)) !== undefined;
  const [best] = leaves
    .filter(leaf => !isCore || leaf.rank < TEXT)
    .filter(leaf => validateParameters('CRDMutation', parametersOf(leaf)).errors.every(({ path }) => path !== 'path'))
    .sort((a, b) => Number(isDangerous(a)) - Number(isDangerous(b)) || a.rank - b.rank || (a.path < b.path ? -1 : 1));
  if (best === undefined)
    return doesNotFit(`no field in the spec of ${aKind(object.kind)} is known to take another value`);
  return objectFit(object, { path: best.path, value: best.value });
}

const TEXT = 2;

function leavesOf(map: Readonly<Record<string, unknown>>, path: string, deep: number): Leaf[] {
  return Object.entries(map).flatMap(([name, value]): Leaf[] => {
    const here = `${path}.${name}`;
    if (isFields(value)) return deep > 0 ? leavesOf(value, here, deep - 1) : [];
    if (typeof value === 'boolean') return [{ path: here, value: String(!value), rank: 0 }];
    if (typeof value === 'number') return [{ path: here, value: String(value + 1), rank: 1 }];
    return typeof value === 'string' && value !== '' ? [{ path: here, value: `${value}-chaos`, rank: TEXT }] : [];
  });
}
