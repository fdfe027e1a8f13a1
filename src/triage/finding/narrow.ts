import type { ObjectRef } from '../../k8s/object.ts';
import type { Root } from './chain.ts';
import type { Finding } from './finding.ts';
import { type Triage, withRoots } from './result.ts';

/**
 * Keeps the roots for which `isWanted` holds, for the root itself or for something that follows from it. The gates
 * keep only their findings.
 */
export const narrow = (triage: Triage, isWanted: (finding: Finding) => boolean): Triage =>
  withRoots(
    triage,
    triage.roots.filter(root => membersOf(root).some(isWanted)),
  );

const membersOf = ({ finding, follows }: Root): Finding[] => [finding, ...follows.map(each => each.finding)];

/** Whether a finding concerns one namespace: it is in the namespace, or on a cluster-scoped object. */
export const inNamespace =
  (namespace: string) =>
  ({ object }: Finding): boolean =>
    object.namespace === undefined || object.namespace === namespace || isNamespace(object, namespace);

const isNamespace = ({ kind, name }: ObjectRef, namespace: string): boolean =>
  kind === 'Namespace' && name === namespace;

/**
 * Whether a finding may have begun at `from` (server time, milliseconds) or later. One without an exact time may
 * have.
 */
export const begunSince =
  (from: number) =>
  ({ since }: Finding): boolean =>
    since === undefined || since.at >= from;

/** Whether a finding is on one of these objects. */
export function onAnyOf(
  objects: readonly Pick<ObjectRef, 'kind' | 'namespace' | 'name'>[],
): (finding: Finding) => boolean {
  const keys = new Set(objects.map(keyOf));
  return ({ object }) => keys.has(keyOf(object));
}

const keyOf = ({ kind, namespace, name }: Pick<ObjectRef, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}\n${namespace ?? ''}\n${name}`;
