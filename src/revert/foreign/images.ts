import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import { type Blind, blindReason } from '../blind.ts';
import { IMAGED, runsPauseImage } from './chaos-mesh.ts';
import { foreignFinding } from './index.ts';

/**
 * Pods and workloads that Chaos Mesh left with the image of a pod-failure. Nothing in their metadata tells of it, so they are read whole,
 * and only where the cluster knows Chaos Mesh's kinds.
 */
export async function leftWithPauseImage(
  api: Api,
  discovery: Discovery,
  options: { namespace?: string; signal?: AbortSignal },
): Promise<{ findings: FoundInjection[]; blind: Blind[] }> {
  if (!discovery.resources.some(({ group }) => group === 'chaos-mesh.org')) return { findings: [], blind: [] };
  const { namespace, signal } = options;
  const lists = await Promise.all(
    IMAGED.map(async ({ apiVersion, kind }) => {
      const resource = discovery.byKind(apiVersion, kind);
      if (resource === undefined) return { findings: [], blind: [] };
      const listed = await api.listAll(
        { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) },
        signal === undefined ? {} : { signal },
      );
      if (!listed.ok) {
        const title = resource.group ? `${resource.resource}.${resource.group}` : resource.resource;
        return { findings: [], blind: [{ resource: title, reason: blindReason(listed) }] };
      }
      const whole = listed.value.items.map(item => ({ ...item, apiVersion, kind }));
      return { findings: whole.filter(runsPauseImage).flatMap(item => foreignFinding(item) ?? []), blind: [] };
    }),
  );
  return { findings: lists.flatMap(one => one.findings), blind: lists.flatMap(one => one.blind) };
}
