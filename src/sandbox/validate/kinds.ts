import { DEFINITIONS } from '../crd/definition.ts';
import type { KubeObject } from '../object.ts';
import type { StatusCause } from '../status.ts';
import { crdCauses, crdUpdateCauses } from './crd/crd.ts';
import { DATA_RULES, DATA_UPDATE_RULES } from './data.ts';
import { POLICY_RULES, POLICY_UPDATE_RULES } from './policy.ts';
import type { Rule, UpdateRule } from './rule.ts';
import { WORKLOAD_RULES, WORKLOAD_UPDATE_RULES } from './workloads.ts';

const RULES: Readonly<Record<string, Rule>> = {
  ...WORKLOAD_RULES,
  ...DATA_RULES,
  ...POLICY_RULES,
  [DEFINITIONS]: crdCauses,
};

const UPDATE_RULES: Readonly<Record<string, UpdateRule>> = {
  ...WORKLOAD_UPDATE_RULES,
  ...DATA_UPDATE_RULES,
  ...POLICY_UPDATE_RULES,
  [DEFINITIONS]: crdUpdateCauses,
};

/** What is wrong with an object of a built-in kind, beyond its metadata. */
export const kindCauses = (key: string, object: KubeObject): StatusCause[] => RULES[key]?.(object) ?? [];

/** What an update may not change. */
export const kindUpdateCauses = (key: string, before: KubeObject, after: KubeObject): StatusCause[] =>
  UPDATE_RULES[key]?.(before, after) ?? [];
