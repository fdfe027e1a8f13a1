import { asFaultType, FAULT_RULES } from '../../faults/types.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { titleOf } from '../../injection/resources.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { Blind } from '../blind.ts';
import type { ClusterExperiment } from './cluster-experiment.ts';

/** What the last scan showed; it decides whether an experiment's fault is gone. */
export interface Seen {
  injections: readonly FoundInjection[];
  blind: readonly Blind[];
  /** Only this namespace was looked into. */
  namespace?: string;
}

/** The resources in which the fault of an experiment would be found, as a scan names them; undefined where that is not known. */
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

/** Why the fault of an experiment is not known to be gone; undefined where the scan looked in the right places and found none. */
export function whereItIs(
  reach: ClusterExperiment['reach'],
  { injections, blind, namespace }: Seen,
  resources: readonly string[] | undefined,
): string | undefined {
  if (namespace !== undefined && !isWithin(reach, namespace, resources))
    return `its fault may be outside namespace ${namespace}, where nothing was looked for`;
  const [left] = faultsOf(reach, injections);
  if (left !== undefined) return `${nameOf(left.object)} still bears an injection of its kind`;
  const unseen = blind.find(
    ({ resource }) => resource.startsWith('*') || resources === undefined || resources.includes(resource),
  );
  return unseen === undefined
    ? undefined
    : `its fault may be where nothing could be read: ${unseen.resource}: ${unseen.reason}`;
}

/** Whether a look into this namespace alone sees all of the fault. */
function isWithin(
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
