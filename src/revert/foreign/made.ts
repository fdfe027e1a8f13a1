import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { type Blind, blindReason } from '../blind.ts';
import { FOREIGN_GROUPS } from './index.ts';

/** A fault object of another tool, live or over; a one-shot fault may be over before it is seen. */
export interface Made {
  uid: string;
  says: Clean;
}

/** Kinds that do not inject by themselves: work items of a controller, schedules (which are reported apart), and reports. */
const NO_ORDER =
  /^(Pod(Network|IO|Http)Chaos|PhysicalMachine|RemoteCluster|StatusCheck|Schedule|WorkflowNode|ChaosResult|ChaosExperiment|ChaosSchedule|Disruption(Cron|Rollout))$/;

/** Every order to inject that other tools' kinds hold. */
export async function madeByOthers(
  api: Api,
  options: { namespace?: string; signal?: AbortSignal },
): Promise<{ made: Made[]; blind: Blind[] }> {
  const discovery = await api.discovery();
  // In that case a scan at the same time reports that it is blind.
  if (!discovery.ok) return { made: [], blind: [] };
  const kinds = discovery.value.resources.filter(
    ({ group, kind }) => FOREIGN_GROUPS.has(group) && !NO_ORDER.test(kind),
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
