import { titleOf } from '../injection/resources.ts';
import type { Api } from '../kube/client/api.ts';
import type { Discovery } from '../kube/discovery/discovery.ts';
import { blindReason } from '../revert/blind.ts';
import type { ScanOptions, ScanResult } from '../revert/scan/scan-types.ts';
import type { ClusterExperiment } from '../revert/stop/cluster-experiment.ts';
import { carrierResources, faultsOf, whyMayRemain } from '../revert/stop/why-may-remain.ts';
import { counted } from '../text/counted.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';

/** What a scan after the end found of a fault in the cluster. */
export interface Remains {
  state: 'none' | 'left' | 'blind';
  says: Clean;
  /** Ids of what is left. */
  left: readonly string[];
}

/** Scans every place where the fault of this experiment could be. A place that could not be read gives `blind`, never `none`. */
export async function lookForRemains(
  api: Api,
  scan: (options: ScanOptions) => Promise<ScanResult>,
  { reach }: Pick<ClusterExperiment, 'reach'>,
): Promise<Remains> {
  const blind = (why: string): Remains => ({ state: 'blind', says: sanitise(why, 400), left: [] });
  const discovery = await api.discovery();
  if (!discovery.ok) return blind(`the API could not be discovered: ${blindReason(discovery)}`);
  const resources = carrierResources(reach, discovery.value);
  const namespace = onlyNamespace(reach, resources, discovery.value);
  const scope = namespace === undefined ? {} : { namespace };
  const seen = await scan({ deep: true, ...scope });
  const left = faultsOf(reach, seen.injections).map(({ id }) => id);
  if (left.length > 0)
    return {
      state: 'left',
      says: sanitise(`${counted(left.length, 'injection')} of its kind: ${left.join(', ')}`, 400),
      left,
    };
  const why = whyMayRemain(reach, { ...seen, ...scope }, resources);
  if (why !== undefined) return blind(why);
  const { read, objects } = seen.scanned;
  if (read === 0) return blind('nothing could be listed');
  const where = namespace === undefined ? 'the cluster' : `namespace ${namespace}`;
  const looked = `${counted(objects, 'object')} of ${counted(read, 'kind')} in ${where} read`;
  return { state: 'none', says: sanitise(`no mark of its fault is left: ${looked}`, 400), left: [] };
}

/** The only namespace that the fault can be in; undefined where it can be in several, or in cluster-scoped objects. */
function onlyNamespace(
  { namespaces }: ClusterExperiment['reach'],
  resources: readonly string[] | undefined,
  discovery: Discovery,
): string | undefined {
  const [namespace, ...others] = namespaces;
  const isNamespaced = (title: string) =>
    discovery.resources.some(resource => titleOf(resource) === title && resource.namespaced);
  return others.length === 0 && resources?.every(isNamespaced) === true ? namespace : undefined;
}
