import { patchOf } from '../../injection/write/patch-of.ts';
import type { Write } from '../../injection/write/write.ts';
import type { Operation } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Finding } from '../finding/finding.ts';

/** What to list besides the object itself before planning: all objects of a kind that it owns. */
interface RelatedList {
  apiVersion: string;
  kind: string;
  namespace?: string;
}

/** What a plan is made from, read just before planning. */
export interface PlanInput {
  object: KubeObject;
  beside: readonly KubeObject[];
  /** Server time, ISO 8601. */
  at: string;
}

/** The planned writes, or one line on why there are none. */
export type Planned = { writes: Write[]; undo: string; warnings: string[] } | { refusal: string };

/** One way in which mayday itself can fix a finding. */
export interface Remedy {
  /** The name by which commands select it. */
  name: string;
  /** What it does, in a few words after which the name of the object follows. */
  title: string;
  /** What it does and what it changes, one sentence. */
  about: string;
  /** Whether it can be undone afterwards. A deletion counts as reversible, since the object is saved first. */
  isReversible: boolean;
  /** The whole object is saved to disk before the first write. */
  saves?: true;
  /** Whether it is a remedy for this finding. */
  fits(finding: Finding): boolean;
  /** The object that it changes, where that is not the object of the finding. */
  on?: ObjectRef;
  /** What else to list before planning. */
  beside?(target: ObjectRef): RelatedList;
  plan(present: PlanInput, finding: Finding): Planned;
  /**
   * Whether the object, read after the writes, shows that the fix is done. `after` is undefined when the object is
   * gone.
   */
  isDone(before: KubeObject, after: KubeObject | undefined): boolean;
}

/** A plan of one patch, bound to the resource version that was read. It warns of a manager that would undo it. */
export function patchPlan(object: KubeObject, operations: readonly Operation[], says: string, undo: string): Planned {
  const keeper = managerOf(object);
  return {
    writes: [patchOf(object, operations, { says, atVersion: true })],
    undo,
    warnings: keeper === undefined ? [] : [keeper],
  };
}

/** The fix is done when this part of the object differs from what it was before. */
export const isDoneWhenChanged =
  (partOf: (object: KubeObject) => unknown): Remedy['isDone'] =>
  (before, after) =>
    after !== undefined && JSON.stringify(partOf(after)) !== JSON.stringify(partOf(before));

/** What `read` finds in the first command of a finding's fixes that it can read. */
export function fromCommands<T>(
  { fixes }: Pick<Finding, 'fixes'>,
  read: (command: string) => T | undefined,
): T | undefined {
  for (const { command = '' } of fixes) {
    const found = read(command);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Who would undo a change of this object, in one line; undefined if no such manager is known. */
export function managerOf({ metadata }: KubeObject): string | undefined {
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  const app = tracking?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (app !== undefined)
    return `Argo CD application ${app} manages this object: change it in Git, or a sync undoes this`;
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) return `Helm release ${release} manages this object: its next upgrade may undo this`;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return owner === undefined
    ? undefined
    : `${owner.kind} ${owner.name} owns this object: its controller may undo this at once`;
}
