import { restoreCreated } from '../../injection/plan/created.ts';
import { pdbName } from '../../injection/record/markers.ts';
import type { Fault } from '../contract.ts';
import { appliesTo } from './applies.ts';
import { effect } from './effect.ts';
import { BUDGET, BUDGETS, budgetRef, type PdbParams, PODS, plan, traits } from './plan.ts';

/** Forbids every eviction of the selected pods with a PodDisruptionBudget of zero. The budget's labels are the undo record. */
export const pdbBlock: Fault<PdbParams> = {
  type: 'PDBBlock',
  appliesTo,
  parse,
  reads: (params, scope) => [
    { key: BUDGET, get: budgetRef(params, scope) },
    {
      key: PODS,
      list: { apiVersion: 'v1', kind: 'Pod', namespace: scope.namespace },
      ...(params.labelSelector === '' ? {} : { labelSelector: params.labelSelector }),
    },
    { key: BUDGETS, list: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: scope.namespace } },
  ],
  plan,
  effectReads: (params, made) => [{ key: BUDGET, get: budgetRef(params, made.scope) }],
  effect,
  restoreReads: () => [],
  restore: found => restoreCreated(found, traits),
};

function parse({ labelSelector = '', name = '' }: Readonly<Record<string, string>>): PdbParams {
  const pairs = labelSelector
    .split(',')
    .map(pair => pair.trim())
    .filter(pair => pair !== '');
  const labels = Object.fromEntries(pairs.map(pair => pair.split('=', 2).map(part => part.trim()) as [string, string]));
  return { labelSelector: pairs.join(','), name: name === '' ? pdbName(labels) : name };
}
