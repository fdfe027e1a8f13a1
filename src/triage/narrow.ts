import type { ObjectRef } from '../k8s/object.ts';
import type { Root } from './chain.ts';
import type { Finding } from './finding.ts';
import { type Triage, withRoots } from './result.ts';

/** Keeps the roots of which `isWanted` holds for the root itself or for something that follows from it, and in the gates only their findings. */
export const narrow = (triage: Triage, isWanted: (finding: Finding) => boolean): Triage =>
  withRoots(
    triage,
    triage.roots.filter(root => membersOf(root).some(isWanted)),
  );

const membersOf = ({ finding, follows }: Root): Finding[] => [finding, ...follows.map(each => each.finding)];

/** What concerns one namespace: findings in it, and those on cluster-wide objects. */
export const inNamespace =
  (namespace: string) =>
  ({ object }: Finding): boolean =>
    object.namespace === undefined || object.namespace === namespace || isNamespace(object, namespace);

const isNamespace = ({ kind, name }: ObjectRef, namespace: string): boolean =>
  kind === 'Namespace' && name === namespace;

/** What began at `from` (server time, milliseconds) or later. What the cluster does not date may have. */
export const begunSince =
  (from: number) =>
  ({ since }: Finding): boolean =>
    since === undefined || since.at >= from;

/** What is found on one of these objects. */
export function onAnyOf(
  objects: readonly Pick<ObjectRef, 'kind' | 'namespace' | 'name'>[],
): (finding: Finding) => boolean {
  const keys = new Set(objects.map(keyOf));
  return ({ object }) => keys.has(keyOf(object));
}

const keyOf = ({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}\n${namespace ?? ''}\n${name}`;
