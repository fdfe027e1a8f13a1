import type { Finding } from './finding.ts';

/** Whether a finding is an injection, which nothing in the cluster explains. */
export const isChaos = ({ rule }: Pick<Finding, 'rule'>): boolean => rule.startsWith('chaos/');

/**
 * Injections that change one thing in a workload do not explain other problems of the same workload. Types that are
 * not listed explain every finding about the object that they changed.
 */
const EXPLAINS_ONLY: Readonly<Record<string, RegExp>> = {
  'chaos/ImageCorrupt': /image|rollout|not[- ]available|unavailable|progress|not[- ]ready|no[- ]endpoints|replicas/i,
  'chaos/CrashLoopInject':
    /crash|restart|exit|command|rollout|not[- ]available|unavailable|progress|not[- ]ready|replicas/i,
  'chaos/DeploymentScaleZero': /scale|replicas|not[- ]available|unavailable|no[- ]endpoints|no pods/i,
  'chaos/FinalizerBlock': /finalizer|terminating|deletion/i,
};

/** Whether an injection explains what else is found on the object that carries its marks. */
export function explainsOnSameObject(injection: Finding, other: Finding): boolean {
  const only = EXPLAINS_ONLY[injection.rule];
  return only === undefined || only.test(`${other.rule} ${other.summary}`);
}
