import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { undoneBy } from '../../facts/claims.ts';
import type { FixDraft } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { Top } from './owner.ts';

/** A fix that rolls back, if the workload has an earlier revision. */
export function rollBack(view: ClusterView, top: Top): FixDraft | undefined {
  const { ref, object } = top;
  if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(ref.kind) || object === undefined) return undefined;
  if (ref.kind === 'Deployment' && view.ownedBy(object.metadata.uid).length < 2) return undefined;
  if (ref.kind !== 'Deployment' && (object.metadata.generation ?? 0) < 2) return undefined;
  return {
    text: `Roll back to the previous revision, if that one worked.${lastingEdit(view, top)}`,
    command: command(view, ['kubectl', 'rollout', 'undo', ...named(ref)]),
  };
}

/**
 * A fix that edits the workload of the pods. A pod without an owner has to be created again, since most of its fields
 * cannot be changed.
 */
export function edit(view: ClusterView, top: Top, text: string): FixDraft {
  if (top.ref.kind === 'Pod' || top.ref.kind === 'Job')
    return {
      text: `${text} Most fields of a ${top.ref.kind} cannot be changed: delete it and create it again.`,
      command: command(view, ['kubectl', 'get', ...named(top.ref), '-o', 'yaml']),
    };
  return { text: `${text}${lastingEdit(view, top)}`, command: command(view, ['kubectl', 'edit', ...named(top.ref)]) };
}

/** Says what would undo an edit in the cluster, and where to make a lasting one. */
export function lastingEdit(view: ClusterView, { ref, object, managedBy }: Top): string {
  if (managedBy)
    return ` ${managedBy.kind} ${managedBy.name} created this ${ref.kind}: make the change there, or it is undone.`;
  return object === undefined ? '' : undoneBy(view, object);
}

/** A fix that shows the first of the pods with its events. */
export function describePod(view: ClusterView, pods: readonly ViewObject[]): FixDraft {
  const { namespace = '', name = '' } = pods[0]?.metadata ?? {};
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace, name };
  return { text: 'Read every event of the pod.', command: command(view, ['kubectl', 'describe', ...named(pod)]) };
}

/** Fixes that can be tried for unhealthy pods whatever the reason. */
export const usualFixes = (
  view: ClusterView,
  { top, pods }: { top: Top; pods: readonly ViewObject[] },
): (FixDraft | undefined)[] => [rollBack(view, top), describePod(view, pods)];
