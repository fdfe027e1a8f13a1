import type { KubeObject } from './object.ts';
import { matches, parseSelector } from './selector-text.ts';

/** A container of a pod template, with the fields used here. */
export interface Container {
  name: string;
  image?: string;
  [field: string]: unknown;
}

interface DeploymentSpec {
  replicas?: number;
  paused?: boolean;
  strategy?: { type?: string };
  selector?: LabelSelector;
  template?: { spec?: { containers?: Container[]; initContainers?: Container[]; serviceAccountName?: string } };
}

/** A label selector as the API stores it. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: Expression[];
}

interface Expression {
  key: string;
  operator: string;
  values?: string[];
}

/** The spec of a Deployment or of a similar workload; empty if it has none. */
export const deploymentSpec = (deployment: KubeObject): DeploymentSpec => (deployment.spec ?? {}) as DeploymentSpec;

/** The ordinary containers of a workload's template, in order. */
export function containersOf(workload: KubeObject): Container[] {
  return deploymentSpec(workload).template?.spec?.containers ?? [];
}

const OPERATORS: Readonly<Record<string, (key: string, values: string) => string>> = {
  In: (key, values) => `${key} in (${values})`,
  NotIn: (key, values) => `${key} notin (${values})`,
  Exists: key => key,
  DoesNotExist: key => `!${key}`,
};

/** A workload's selector as text for a list request; undefined where it has none. */
export function workloadSelectorText(workload: KubeObject): string | undefined {
  return labelSelectorText(deploymentSpec(workload).selector ?? {});
}

/** A label selector as text for a list request; undefined where it is empty. */
export function labelSelectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string | undefined {
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => OPERATORS[operator]?.(key, values.join(',')) ?? key),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

/** Whether a workload's selector matches this object. */
export function selects(workload: KubeObject, object: KubeObject): boolean {
  const text = workloadSelectorText(workload);
  const requirements = text === undefined ? 'none' : parseSelector(text);
  return typeof requirements !== 'string' && matches(requirements, object.metadata.labels);
}
