import { replaceCondition } from '../conditions.ts';
import type { Condition } from '../kinds.ts';

/** What is still in a terminating namespace. */
export interface Remaining {
  /** `pods.` or `deployments.apps`: resource, a dot, the group. */
  resource: string;
  count: number;
  finalizers: readonly string[];
}

/** Why the controller cannot list or delete everything in a namespace. */
export interface DeletionFailures {
  /** Group versions whose discovery fails at the moment: `metrics.k8s.io/v1beta1`. */
  undiscovered: readonly string[];
  /** The messages of lists or deletions that failed. */
  content: readonly string[];
}

const OK: readonly [type: string, reason: string, message: string][] = [
  ['NamespaceDeletionDiscoveryFailure', 'ResourcesDiscovered', 'All resources successfully discovered'],
  ['NamespaceDeletionGroupVersionParsingFailure', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  [
    'NamespaceDeletionContentFailure',
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  ['NamespaceContentRemaining', 'ContentRemoved', 'All content successfully removed'],
  ['NamespaceFinalizersRemaining', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
];

function remainingMessage(left: readonly Remaining[]): string {
  const parts = left.map(r => `${r.resource} has ${r.count} resource instances`).sort();
  return `Some resources are remaining: ${parts.join(', ')}`;
}

function finalizerMessage(left: readonly Remaining[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { finalizers } of left) for (const f of finalizers) counts.set(f, (counts.get(f) ?? 0) + 1);
  if (counts.size === 0) return undefined;
  const parts = [...counts].map(([f, n]) => `${f} in ${n} resource instances`).sort();
  return `Some content in the namespace has finalizers remaining: ${parts.join(', ')}`;
}

/** The five conditions of a terminating namespace, worded as kubernetes v1.36 words them. */
export function terminatingConditions(
  old: readonly Condition[] | undefined,
  left: readonly Remaining[],
  at: string,
  failures: DeletionFailures = { undiscovered: [], content: [] },
): Condition[] {
  const bad = new Map<string, { reason: string; message: string }>();
  const { undiscovered, content } = failures;
  if (undiscovered.length > 0) {
    const groups = undiscovered.map(version => `${version}: stale GroupVersion discovery: ${version}`).join(', ');
    const message = `Discovery failed for some groups, ${undiscovered.length} failing: unable to retrieve the complete list of server APIs: ${groups}`;
    bad.set('NamespaceDeletionDiscoveryFailure', { reason: 'DiscoveryFailed', message });
  }
  if (content.length > 0) {
    const message = `Failed to delete all resource types, ${content.length} remaining: ${content.join(', ')}`;
    bad.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message });
  }
  if (left.length > 0)
    bad.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message: remainingMessage(left) });
  const finalizers = finalizerMessage(left);
  if (finalizers) bad.set('NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message: finalizers });
  let conditions = [...(old ?? [])];
  for (const [type, reason, message] of OK) {
    const problem = bad.get(type);
    const next: Condition = {
      type,
      status: problem ? 'True' : 'False',
      lastTransitionTime: at,
      reason: problem?.reason ?? reason,
      message: problem?.message ?? message,
    };
    conditions = replaceCondition(conditions, next);
  }
  return conditions;
}
