import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import { refOf } from '../../build.ts';
import type { Cause } from '../../finding.ts';

/** The object that a person edits to change a pod: its Deployment, its CronJob, or the pod itself. */
export interface Top {
  ref: ObjectRef;
  /** Undefined where the owner is of a kind that the view does not hold. */
  object: ViewObject | undefined;
  /** What owns the top in its turn, where that is of a kind that the view does not hold: an operator would undo an edit. */
  managedBy: ObjectRef | undefined;
}

/** Follows the controllers of an object upward. A static pod is owned by its node, which nobody edits: there the pod is the top. */
export function topOf(view: ClusterView, object: ViewObject): Top {
  let top = object;
  for (let steps = 0; steps < 8; steps++) {
    const owner = controllerOf(top);
    if (owner === undefined || owner.kind === 'Node') return { ref: refOf(top), object: top, managedBy: undefined };
    const next = view.byUid(owner.uid);
    if (next !== undefined) {
      top = next;
      continue;
    }
    const ref: ObjectRef = { ...owner, ...(object.metadata.namespace && { namespace: object.metadata.namespace }) };
    if (isGone(view, owner.kind)) return { ref: refOf(top), object: top, managedBy: undefined };
    return MADE_BY_CONTROLLERS.has(top.kind)
      ? { ref, object: undefined, managedBy: undefined }
      : { ref: refOf(top), object: top, managedBy: ref };
  }
  return { ref: refOf(top), object: top, managedBy: undefined };
}

/** What pods are made by, directly or through one another. */
export const POD_OWNERS: readonly ViewKind[] = [
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
];

/** Kinds that nobody edits when they have an owner: what is changed there is made anew by the owner. */
const MADE_BY_CONTROLLERS: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'Job']);

/** An owner of a kind that is wholly known and yet not there has been deleted. */
const isGone = (view: ClusterView, kind: string): boolean =>
  Object.hasOwn(VIEW_KINDS, kind) && view.sync(kind as ViewKind).state === 'live';

/** The controlling owner of an object, without the flag. */
export function controllerOf({ metadata }: ViewObject): (Omit<ObjectRef, 'namespace'> & { uid: string }) | undefined {
  const owner = metadata.ownerReferences.find(one => one.controller === true);
  return owner && { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid };
}

/** A cause for `because`, from any name of an object. */
export const causeOf = (ref: { kind: string; namespace?: string; name: string }, rule?: string): Cause => ({
  kind: ref.kind,
  name: ref.name,
  ...(ref.namespace !== undefined && { namespace: ref.namespace }),
  ...(rule !== undefined && { rule }),
});
