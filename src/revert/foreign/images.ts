import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import { type Blind, blindReason } from '../blind.ts';
import { KINDS_WITH_IMAGE, runsPauseImage } from './chaos-mesh.ts';
import { foreignFinding } from './index.ts';

/**
 * Pods and workloads that still run the image of a Chaos Mesh pod-failure. Their metadata does not show it, so they are
 * read in full, and only in clusters that serve Chaos Mesh's kinds.
 */
export async function leftWithPauseImage(
  api: Api,
  discovery: Discovery,
  options: { namespace?: string; signal?: AbortSignal },
): Promise<{ findings: FoundInjection[]; blind: Blind[] }> {
  if (!discovery.resources.some(({ group }) => group === 'chaos-mesh.org')) return { findings: [], blind: [] };
  const { namespace, signal } = options;
  const lists = await Promise.all(
    KINDS_WITH_IMAGE.map(async ({ apiVersion, kind }) => {
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
