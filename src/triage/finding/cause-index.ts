import type { ClusterView } from '../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../health/view/kinds.ts';
import { isFailure } from '../run/gate-run.ts';
import type { Cause, Finding } from './finding.ts';

/** Finds the findings that a cause refers to. */
export interface CauseIndex {
  /** The findings that would explain `of` by `cause`, nearest object first. */
  explaining(of: Finding, cause: Cause): Finding[];
}

/** How to look up owners in the view; without it a cause means only the object that it names. */
export type Owners = Pick<ClusterView, 'get' | 'ownersOf'>;

/**
 * Finds findings by object. A cause that names a Pod or ReplicaSet also means what owns it, because a finding is about the object that a
 * person has to edit. A cause without a namespace means an object in the namespace of the finding, or a cluster-scoped object.
 */
export function indexFindings(findings: readonly Finding[], owners: Owners | undefined): CauseIndex {
  const byObject = new Map<string, Finding[]>();
  for (const found of findings) {
    const key = keyOf(found.object);
    byObject.set(key, [...(byObject.get(key) ?? []), found]);
  }
  const at = (kind: string, namespace: string | undefined, name: string) =>
    byObject.get(keyOf({ kind, name, ...(namespace === undefined ? {} : { namespace }) })) ?? [];

  const upward = ({ kind, namespace, name }: Cause): Finding[] => {
    if (owners === undefined || !(kind in VIEW_KINDS)) return [];
    const object = owners.get(kind as ViewKind, namespace, name);
    if (object === undefined) return [];
    return owners.ownersOf(object).flatMap(({ kind, metadata }) => at(kind, metadata.namespace, metadata.name));
  };

  return {
    explaining(of, cause) {
      const places = cause.namespace !== undefined ? [cause.namespace] : [of.object.namespace, undefined];
      const met = places.flatMap(namespace => {
        const named = { ...cause, ...(namespace === undefined ? {} : { namespace }) };
        return [...at(cause.kind, namespace, cause.name), ...upward(named)];
      });
      return [...new Set(met)].filter(found => found !== of && mayExplain(found, of, cause));
    },
  };
}

/**
 * Whether a finding may explain another one by this cause. When the cause names a rule or an area, only that counts. When it names only an
 * object, the explaining finding must be at least as severe: a warning does not explain a failure.
 */
function mayExplain(found: Finding, of: Finding, { rule }: Cause): boolean {
  if (rule !== undefined) return rule.endsWith('/') ? found.rule.startsWith(rule) : found.rule === rule;
  if (isFailure(of.severity)) return isFailure(found.severity);
  return of.severity === 'info' || found.severity !== 'info';
}

const keyOf = ({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string =>
  `${kind}\n${namespace ?? ''}\n${name}`;
