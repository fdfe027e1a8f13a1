import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { type Blind, blindReason } from '../blind.ts';
import { FOREIGN_GROUPS } from './index.ts';

/** A fault object of another tool, active or over; a one-shot fault may be over before it is read. */
export interface FaultObject {
  uid: string;
  says: Clean;
}

/** Kinds that do not inject by themselves: work items of a controller, schedules (which are reported separately), and reports. */
const NOT_INJECTING =
  /^(Pod(Network|IO|Http)Chaos|PhysicalMachine|RemoteCluster|StatusCheck|Schedule|WorkflowNode|ChaosResult|ChaosExperiment|ChaosSchedule|Disruption(Cron|Rollout))$/;

/** All objects in the cluster that ask another tool to inject. */
export async function faultObjectsOfOthers(
  api: Api,
  options: { namespace?: string; signal?: AbortSignal },
): Promise<{ made: FaultObject[]; blind: Blind[] }> {
  const discovery = await api.discovery();
  // A failed discovery is reported as blind by the scan that runs at the same time.
  if (!discovery.ok) return { made: [], blind: [] };
  const kinds = discovery.value.resources.filter(
    ({ group, kind }) => FOREIGN_GROUPS.has(group) && !NOT_INJECTING.test(kind),
  );
  const lists = await Promise.all(
    kinds.map(async ({ apiVersion, kind, resource, group, namespaced }) => {
      const { namespace, signal } = options;
      if (namespace !== undefined && !namespaced) return { made: [], blind: [] };
      const listed = await api.listAll(
        { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
        { metadataOnly: true, ...(signal === undefined ? {} : { signal }) },
      );
      if (!listed.ok) {
        const isNone = listed.reason === 'not-found';
        return { made: [], blind: isNone ? [] : [{ resource: `${resource}.${group}`, reason: blindReason(listed) }] };
      }
      const made = listed.value.items.map(item => ({
        uid: item.metadata.uid ?? `${kind} ${item.metadata.namespace ?? ''}/${item.metadata.name}`,
        says: sanitise(`${nameOf(refOf({ ...item, apiVersion, kind }))} of ${group} was made`, 200),
      }));
      return { made, blind: [] };
    }),
  );
  return { made: lists.flatMap(one => one.made), blind: lists.flatMap(one => one.blind) };
}
