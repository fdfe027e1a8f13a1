import { itemsOf, listIn, objectIn } from '../../injection/live.ts';
import { type CreatedTraits, occupied } from '../../injection/plan/created.ts';
import { createdPlan, POD } from '../../injection/plan/created-plan.ts';
import { blindTo, refuse } from '../../injection/plan/refuse.ts';
import { selectsPod } from '../../injection/reach/isolation.ts';
import { podSelector } from '../../injection/reach/reach.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import type { LabelSelector } from '../../k8s/deployment.ts';
import { labelSelectorOf } from '../../k8s/label-selector.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { isActive } from '../../k8s/pod.ts';
import { counted } from '../../text/counted.ts';
import type { Facts, Live, Plan, Refusal, Scope } from '../contract.ts';

export interface PdbParams {
  /** `key=value` pairs, without blanks and empty parts. */
  labelSelector: string;
  name: string;
}

interface Budget {
  spec?: { maxUnavailable?: number | string; minAvailable?: number | string; selector?: LabelSelector };
  status?: { disruptionsAllowed?: number; expectedPods?: number; observedGeneration?: number };
}

export const BUDGET = 'budget';

export const BUDGETS = 'budgets';

export const PODS = 'pods';

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const specOf = (budget: KubeObject) => (budget as Budget).spec ?? {};

export const statusOf = (budget: KubeObject) => (budget as Budget).status ?? {};

const isNone = (amount: number | string | undefined) => amount === 0 || amount === '0%';

export const traits: CreatedTraits = {
  type: 'PDBBlock',
  kinds: ['PodDisruptionBudget'],
  essence: budget => {
    const { maxUnavailable = null, minAvailable = null, selector = null } = specOf(budget);
    return goJson({ maxUnavailable, minAvailable, selector } as GoValue);
  },
  looksCreated: budget => isNone(specOf(budget).maxUnavailable),
};

export function budgetRef({ name }: PdbParams, { namespace }: Scope): ObjectRef {
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace, name };
}

/** Plans the writes, or refuses. */
export function plan(params: PdbParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const { labelSelector, name } = params;
  const selector = labelSelector === '' ? 'it is empty' : labelSelectorOf(labelSelector);
  if (typeof selector === 'string')
    return refuse('invalid', `selector "${labelSelector}": ${selector}; expected key=value pairs`);
  if (name.length > 253 || !NAME.test(name))
    return refuse(
      'invalid',
      `"${name}" is not a valid name for a PodDisruptionBudget: set one with the parameter name`,
    );
  const ref = budgetRef(params, scope);
  const taken = occupied(objectIn(live, BUDGET), ref, `for ${selectedBy(live)}`);
  if (taken !== undefined) return taken;
  const pods = listIn(live, PODS);
  if (pods.state === 'blind') return blindTo(`pods in ${scope.namespace}`, pods.failure);
  const budgets = listIn(live, BUDGETS);
  if (budgets.state === 'blind') return blindTo(`the other budgets of ${scope.namespace}`, budgets.failure);
  const selected = itemsOf(pods).filter(isActive);
  if (selected.length === 0) {
    const where = `${labelSelector} in ${scope.namespace}`;
    return refuse('no-match', `expected running pods with ${where}, found none: check the selector and the namespace`);
  }
  const others = itemsOf(budgets).filter(one => selected.some(pod => selectsPod(one, pod)));
  const shut = others.filter(one => statusOf(one).disruptionsAllowed === 0);
  if (selected.every(pod => shut.some(one => selectsPod(one, pod)))) {
    return refuse('no-effect', `${shut.map(nameOfBudget).join(', ')} allows no eviction of these pods already`);
  }
  return blockPlan({ ref, selector, selected, others, scope, facts });
}

function blockPlan(of: {
  ref: ObjectRef;
  selector: LabelSelector;
  selected: readonly KubeObject[];
  others: readonly KubeObject[];
  scope: Scope;
  facts: Facts;
}): Plan {
  const { ref, scope, facts, selected } = of;
  const { apiVersion, kind, name, namespace = '' } = ref;
  const spec = { maxUnavailable: 0, selector: of.selector };
  const budget: KubeObject = { apiVersion, kind, metadata: { name, namespace }, spec };
  return createdPlan({
    traits,
    scope,
    facts,
    object: budget,
    says: `forbid evicting ${counted(selected.length, 'pod')} of ${scope.namespace}`,
    ends: 'allows evictions again',
    pods: selected,
    listed: [POD, ref],
    warnings: [
      'a PodDisruptionBudget evicts nothing by itself: only a drain or an upgrade meanwhile shows its effect',
      ...of.others.map(
        other =>
          `${nameOfBudget(other)} covers some of these pods too: with two budgets an eviction fails with an error instead of waiting`,
      ),
    ],
  });
}

const nameOfBudget = (budget: KubeObject) => `PodDisruptionBudget ${budget.metadata.name}`;

function selectedBy(live: Live): string {
  const seen = objectIn(live, BUDGET);
  return `pods with ${(seen.state === 'found' ? podSelector(seen.value) : '') || '(any label)'}`;
}
