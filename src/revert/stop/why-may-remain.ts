import { asFaultType, FAULT_RULES } from '../../faults/types.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { titleOf } from '../../injection/resources.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { Blind } from '../blind.ts';
import type { ClusterExperiment } from './cluster-experiment.ts';

/** The result of the last scan, which decides whether an experiment's fault is gone. */
export interface Seen {
  injections: readonly FoundInjection[];
  blind: readonly Blind[];
  /** Set if only this namespace was scanned. */
  namespace?: string;
}

/** The titles of the resources in which the fault of an experiment would be found; undefined if they are not known. */
export function carrierResources(
  reach: ClusterExperiment['reach'],
  discovery: Discovery,
): readonly string[] | undefined {
  const type = asFaultType(reach.type);
  if (type === undefined) return undefined;
  const carriers = FAULT_RULES[type].foundOn;
  if (carriers !== 'target') return carriers;
  const resource = discovery.byKind(reach.apiVersion ?? 'v1', reach.kind ?? '');
  return resource === undefined ? undefined : [titleOf(resource)];
}

/** The injections that may be the fault of an experiment: of its type, where it reaches. */
export const faultsOf = (
  reach: ClusterExperiment['reach'],
  injections: readonly FoundInjection[],
): readonly FoundInjection[] =>
  injections.filter(
    ({ type, object, state }) =>
      state !== 'foreign' &&
      (type === reach.type || type === 'unknown') &&
      (object.namespace === undefined || reach.namespaces.includes(object.namespace)),
  );

/** Why the fault of an experiment is not known to be gone; undefined if the scan could read the right resources and found none. */
export function whyMayRemain(
  reach: ClusterExperiment['reach'],
  { injections, blind, namespace }: Seen,
  resources: readonly string[] | undefined,
): string | undefined {
  if (namespace !== undefined && !isCoveredBy(reach, namespace, resources))
    return `its fault may be outside namespace ${namespace}, which was not scanned`;
  const [left] = faultsOf(reach, injections);
  if (left !== undefined) return `${nameOf(left.object)} still carries an injection of its type`;
  const unseen = blind.find(
    ({ resource }) => resource.startsWith('*') || resources === undefined || resources.includes(resource),
  );
  return unseen === undefined
    ? undefined
    : `its fault may be in a resource that could not be read: ${unseen.resource}: ${unseen.reason}`;
}

/** Whether a scan of this namespace alone would find all of the fault. */
function isCoveredBy(
  reach: ClusterExperiment['reach'],
  namespace: string,
  resources: readonly string[] | undefined,
): boolean {
  if (resources === undefined || reach.namespaces.some(name => name !== namespace)) return false;
  return !resources.some(resource => CLUSTERED.has(resource));
}
const CLUSTERED: ReadonlySet<string> = new Set([
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'namespaces',
]);
