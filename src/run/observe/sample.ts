import type { SteadyStateCheck } from '../../experiment/types.ts';
import type { Effect, Fault, Live, Plan, Scope } from '../../faults/contract.ts';
import { fetchLive } from '../../injection/live.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { CheckResult } from '../event.ts';
import { type Checked, runChecks } from './checks.ts';
import { podEvidence, rolloutEvidence, servingEvidence } from './evidence.ts';

/** What a run observes, fixed before the injection. */
export interface Subject {
  checks: readonly SteadyStateCheck[];
  namespace: string;
  discovery: Discovery | undefined;
  fault: Fault<unknown>;
  params: unknown;
  scope: Scope;
}

/** Everything read at one moment. */
export interface Sample {
  checked: Checked[];
  /** The experiment's own checks. */
  checks: CheckResult[];
  /** Stricter evidence; kept separate because the framework does not use it. */
  evidence: CheckResult[];
  live: Live;
  effect: Effect;
}

/** The objects of a sample, each once. */
export function objectsOf(sample: Pick<Sample, 'checked' | 'live'>): KubeObject[] {
  const objects = new Map<string, KubeObject>();
  const add = (object: KubeObject) =>
    objects.set(object.metadata.uid ?? `${object.kind}/${object.metadata.name}`, object);
  for (const { object } of sample.checked) if (object) add(object);
  for (const value of sample.live.values()) {
    if (Array.isArray(value)) value.forEach(add);
    else if (value && 'kind' in value) add(value as KubeObject);
  }
  return [...objects.values()];
}

const unique = (results: CheckResult[]): CheckResult[] => [
  ...new Map(results.map(result => [result.name, result])).values(),
];

/**
 * Reads the checks' objects and the fault's objects once and judges them. `before` is the state that the plan was made
 * from; with `afterRevert`, rollouts must be finished too.
 */
export async function takeSample(
  api: Api,
  subject: Subject,
  plan: Plan,
  before: Live,
  options: { afterRevert: boolean; signal?: AbortSignal },
): Promise<Sample> {
  const { fault, params } = subject;
  const [checked, live] = await Promise.all([
    runChecks(api, subject.checks, subject.namespace, subject.discovery, options.signal),
    fetchLive(api, live => fault.effectReads(params, plan, live), options.signal),
  ]);
  const seen = objectsOf({ checked, live });
  const evidence = [
    ...checked.flatMap(one => (one.object ? servingEvidence(one.object) : [])),
    ...podEvidence(before, live),
    ...(options.afterRevert ? seen.flatMap(rolloutEvidence) : []),
  ];
  return {
    checked,
    checks: checked.map(one => one.result),
    evidence: unique(evidence),
    live,
    effect: fault.effect(params, plan, live),
  };
}
