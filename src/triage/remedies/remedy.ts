import type { Write } from '../../injection/write/write.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Finding } from '../finding.ts';

/** Something beside the object itself that a plan is decided from: what one object of a kind owns. */
export interface RelatedList {
  apiVersion: string;
  kind: string;
  namespace?: string;
}

/** What a plan is decided from, read just before. */
export interface PlanInput {
  object: KubeObject;
  beside: readonly KubeObject[];
  /** Server time, ISO 8601. */
  at: string;
}

/** The writes, or in one line why there are none. */
export type Planned = { writes: Write[]; undo: string; warnings: string[] } | { refusal: string };

/** One way in which mayday itself can mend a finding. */
export interface Remedy {
  /** The word by which it is asked for. */
  name: string;
  /** What it does and what comes of it, one sentence. */
  about: string;
  /** Whether the opposite can be done afterwards. What is deleted is saved first and counts as one that can. */
  isReversible: boolean;
  /** The whole object is kept on the disk before the first write. */
  saves?: true;
  /** Whether it is a remedy of this finding. */
  fits(finding: Finding): boolean;
  /** What else to list before planning. */
  beside?(target: ObjectRef): RelatedList;
  plan(present: PlanInput, finding: Finding): Planned;
  /** Whether the object, as it is read after the writes, shows that it is done. Undefined: it is gone. */
  isDone(before: KubeObject, after: KubeObject | undefined): boolean;
}

/** Who would undo a change of this object, in one line; undefined where nobody is known to. */
export function keeperOf({ metadata }: KubeObject): string | undefined {
  const { labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  const app = tracking?.split(':')[0] ?? labels['argocd.argoproj.io/instance'];
  if (app !== undefined) return `Argo CD application ${app} keeps this object: change it in Git, or a sync undoes this`;
  const release = annotations['meta.helm.sh/release-name'];
  if (release !== undefined) return `Helm release ${release} keeps this object: its next upgrade may undo this`;
  const owner = ownerReferences.find(({ controller }) => controller === true);
  return owner === undefined
    ? undefined
    : `${owner.kind} ${owner.name} owns this object: its controller may undo this at once`;
}
