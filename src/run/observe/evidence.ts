import type { Live } from '../../faults/contract.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isReady, isTerminating } from '../../k8s/pod.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { CheckResult, CheckState } from '../event.ts';

const where = (object: KubeObject): string =>
  sanitise(`${object.kind} ${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`);

const numberAt = (object: KubeObject, path: string): number | undefined => {
  const { value } = fieldAt(object, path);
  return typeof value === 'number' ? value : undefined;
};

const judged = (name: string, ok: boolean, expected: string, actual: string): CheckResult => ({
  name,
  state: ok ? 'pass' : 'fail',
  expected,
  actual,
});

const REPLICATED = new Set(['Deployment', 'StatefulSet', 'ReplicaSet']);

/**
 * Evidence that the framework's checks ignore: a status that is older than the spec, and fewer ready replicas than
 * wanted. The condition Available stays True in both cases. It never counts for the framework's verdict.
 */
export function servingEvidence(object: KubeObject): CheckResult[] {
  const results: CheckResult[] = [];
  const generation = object.metadata.generation;
  const observed = numberAt(object, 'status.observedGeneration');
  if (generation !== undefined && observed !== undefined) {
    results.push(
      judged(`${where(object)} observed`, observed >= generation, `generation ${generation}`, `generation ${observed}`),
    );
  }
  if (REPLICATED.has(object.kind)) {
    const desired = numberAt(object, 'spec.replicas') ?? 1;
    const ready = numberAt(object, 'status.readyReplicas') ?? 0;
    results.push(judged(`${where(object)} ready`, ready >= desired, `${desired} ready`, `${ready} ready`));
  }
  return results;
}

/** Evidence that a rollout has finished: all replicas are of the newest template. Used only after a revert. */
export function rolloutEvidence(object: KubeObject): CheckResult[] {
  if (object.kind !== 'Deployment') return [];
  const desired = numberAt(object, 'spec.replicas') ?? 1;
  const updated = numberAt(object, 'status.updatedReplicas') ?? 0;
  const total = numberAt(object, 'status.replicas') ?? 0;
  const left = Math.max(0, total - updated);
  return [
    judged(
      `${where(object)} rollout`,
      updated >= desired && left === 0,
      `${desired} updated, 0 old`,
      `${updated} updated, ${left} old`,
    ),
  ];
}

/** Whether a pod serves: Ready and not Terminating. */
const serves = (pod: KubeObject): boolean => isReady(pod) && !isTerminating(pod);

const isPod = (object: KubeObject): boolean => object.kind === 'Pod';
const podsIn = (value: unknown): KubeObject[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every(isPod) ? (value as KubeObject[]) : undefined;

/** Evidence of as many ready pods as before the injection, for every list of pods that both the plan and the effect read. */
export function podEvidence(before: Live, now: Live): CheckResult[] {
  const results: CheckResult[] = [];
  for (const [key, value] of before) {
    const pods = podsIn(value);
    if (!pods || !now.has(key)) continue;
    const wanted = pods.filter(serves).length;
    const read = now.get(key);
    const name = sanitise(`Pods ${pods[0]?.metadata.namespace ?? ''} ready`);
    if (!Array.isArray(read)) {
      results.push({ name, state: 'blind', expected: `${wanted} ready`, actual: 'could not be listed' });
      continue;
    }
    const ready = read.filter(serves).length;
    results.push(judged(name, ready >= wanted, `${wanted} ready`, `${ready} ready`));
  }
  return results;
}

/** The combined state: `fail` if one failed, else `blind` if one could not be read, else `pass`. */
export function combined(results: readonly CheckResult[]): CheckState {
  if (results.some(one => one.state === 'fail')) return 'fail';
  return results.some(one => one.state === 'blind') ? 'blind' : 'pass';
}
