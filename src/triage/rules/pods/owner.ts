import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import { refOf } from '../../finding/build.ts';

/** The object that a person edits to change a pod: its Deployment, its CronJob, or the pod itself. */
export interface Top {
  ref: ObjectRef;
  /** Undefined when the owner's kind is not in the view. */
  object: ViewObject | undefined;
  /** Its owner, when the kind of the owner is not in the view: an operator that would undo an edit. */
  managedBy: ObjectRef | undefined;
}

/**
 * Follows the owner references of an object up to the object that a person would edit. A static pod is owned by its
 * node, which nobody edits, so the result is the pod itself.
 */
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

/** A text that identifies the workload. */
export const topKey = ({ ref }: Top): string => ref.uid ?? `${ref.kind}/${ref.namespace}/${ref.name}`;

/** Groups pods by the object that a person edits to change them, and by the reason that `reasonOf` returns. */
export function podsByTop(
  view: ClusterView,
  pods: Iterable<ViewObject>,
  reasonOf: (pod: ViewObject) => string = () => '',
): { top: Top; pods: ViewObject[] }[] {
  const groups = new Map<string, { top: Top; pods: ViewObject[] }>();
  for (const pod of pods) {
    const top = topOf(view, pod);
    const key = `${topKey(top)} ${reasonOf(pod)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { top, pods: [pod] });
    else group.pods.push(pod);
  }
  return [...groups.values()];
}

/** The kinds that own pods, directly or indirectly. */
export const POD_OWNERS: readonly ViewKind[] = [
  'ReplicaSet',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
];

/** Kinds that nobody edits when they have an owner, since the owner creates them again. */
const MADE_BY_CONTROLLERS: ReadonlySet<string> = new Set(['Pod', 'ReplicaSet', 'Job']);

/** Whether an owner has been deleted: its kind is completely read, and it is not there. */
const isGone = (view: ClusterView, kind: string): boolean =>
  Object.hasOwn(VIEW_KINDS, kind) && view.sync(kind as ViewKind).state === 'live';

/** The controlling owner of an object, without the flag. */
function controllerOf({ metadata }: ViewObject): (Omit<ObjectRef, 'namespace'> & { uid: string }) | undefined {
  const owner = metadata.ownerReferences.find(one => one.controller === true);
  return owner && { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid };
}
