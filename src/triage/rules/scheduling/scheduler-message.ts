/** One reason why the scheduler rejected nodes, with their number. */
export interface Rejection {
  /** Undefined when the reason is about the pod and not about nodes. */
  nodes: number | undefined;
  reason: string;
}

/**
 * The reasons in the message of the scheduler's condition: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s)
 * had untolerated taint {dedicated: gpu}. preemption: …`. The part on preemption only repeats them.
 */
export function rejectionsIn(message: string): Rejection[] {
  const reasons = message.split(/\.?\s*(?:no new claims to deallocate|preemption:)/i)[0] ?? '';
  const list = reasons.replace(/^\d+\/\d+ nodes are available: ?/, '').replace(/\.$/, '');
  if (list === '') return [];
  return list.split(/, (?=\d+ )|\. (?=\d+ )/).map(part => {
    const counted = /^(\d+) (.+)$/.exec(part);
    return counted ? { nodes: Number(counted[1]), reason: counted[2] ?? '' } : { nodes: undefined, reason: part };
  });
}

/** The kinds of scheduling constraints. */
export type Constraint =
  | 'resources'
  | 'selector'
  | 'taint'
  | 'cordoned'
  | 'volume'
  | 'claim'
  | 'ports'
  | 'spread'
  | 'affinity'
  | 'other';

const CONSTRAINTS: readonly (readonly [Constraint, RegExp])[] = [
  ['resources', /^Insufficient |Too many pods/],
  ['selector', /node affinity\/selector|node\(s\) didn't match Pod's node/],
  ['cordoned', /were unschedulable|node\.kubernetes\.io\/unschedulable/],
  ['taint', /taint/],
  ['claim', /unbound immediate|persistentvolumeclaim|resourceclaim|pvc\(s\) bound to non-existent/i],
  ['volume', /volume|PersistentVolume|free storage/i],
  ['ports', /free ports/],
  ['spread', /topology spread/],
  ['affinity', /affinity/],
];

export const constraintOf = (reason: string): Constraint =>
  CONSTRAINTS.find(([, pattern]) => pattern.test(reason))?.[0] ?? 'other';
