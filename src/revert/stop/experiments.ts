import { FRAMEWORK_GROUP } from '../../injection/record/markers.ts';
import type { Api } from '../../kube/client/api.ts';
import { type Blind, blindReason } from '../blind.ts';
import { type ClusterExperiment, clusterExperiment } from './cluster-experiment.ts';

const RESOURCE = 'chaosexperiments';
/** The deadline for a page of the list, milliseconds. */
const LIST_MS = 20_000;

/** The framework's ChaosExperiments in the cluster, or in one namespace; none if the cluster does not serve the kind. */
export async function readExperiments(
  api: Api,
  options: { namespace?: string; signal?: AbortSignal } = {},
): Promise<{ experiments: ClusterExperiment[]; blind?: Blind }> {
  const discovery = await api.discovery();
  // A failed discovery is reported as blind by the scan itself.
  if (!discovery.ok) return { experiments: [] };
  const resource = discovery.value.byResource(FRAMEWORK_GROUP, RESOURCE);
  if (resource === undefined) return { experiments: [] };
  const { apiVersion, kind } = resource;
  const { namespace, signal } = options;
  const listed = await api.listAll(
    { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
    { timeoutMs: LIST_MS, ...(signal === undefined ? {} : { signal }) },
  );
  if (listed.ok)
    return { experiments: listed.value.items.map(item => clusterExperiment({ ...item, apiVersion, kind })) };
  if (listed.reason === 'not-found') return { experiments: [] };
  return { experiments: [], blind: { resource: `${RESOURCE}.${FRAMEWORK_GROUP}`, reason: blindReason(listed) } };
}
