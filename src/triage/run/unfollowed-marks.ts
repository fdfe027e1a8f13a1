import type { ViewObject } from '../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../health/view/kinds.ts';
import { createProjector } from '../../health/view/project.ts';
import { TYPE_LABEL } from '../../injection/record/markers.ts';
import { select, titleOf, undiscoveredGroups } from '../../injection/resources.ts';
import type { Api } from '../../kube/client/api.ts';
import { failure } from '../../kube/client/http/failure.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import type { BlindSpot } from './blind.ts';

/** Marked objects of the kinds that the view does not follow: Secrets, custom resources, and the rest. */
export interface UnfollowedMarks {
  objects: ViewObject[];
  /** Kinds that could not be read. */
  unseen: BlindSpot[];
}

/** How many lists run in parallel. */
const MAX_PARALLEL = 8;

/** Reads the metadata of all objects with the type label, of every listable kind that the view does not follow. */
export async function readUnfollowedMarks(
  api: Pick<Api, 'discovery' | 'listAll'>,
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<Outcome<UnfollowedMarks>> {
  const discovery = await api.discovery();
  if (!discovery.ok) return failure(discovery.reason, discovery.message);
  const project = createProjector();
  const objects: ViewObject[] = [];
  const unseen: BlindSpot[] = undiscoveredGroups(discovery.value).blind.map(({ resource, reason }) => ({
    what: sanitise(resource),
    reason: sanitise(reason),
  }));
  const { resources } = select(discovery.value.resources, undefined);
  await pooled(
    resources.filter(({ kind, group }) => !isInView(kind, group)),
    MAX_PARALLEL,
    async resource => {
      const { apiVersion, kind } = resource;
      const query = { metadataOnly: true, labelSelector: TYPE_LABEL, ...options };
      const listed = await api.listAll({ apiVersion, kind }, query);
      if (listed.ok)
        for (const { metadata } of listed.value.items)
          objects.push(project(kind as ViewKind, { apiVersion, kind, metadata }));
      else if (listed.reason !== 'not-found')
        unseen.push({
          what: sanitise(titleOf(resource)),
          reason: cleanText`its marks were not read: ${listed.message}`,
        });
    },
  );
  return { ok: true, status: 200, value: { objects, unseen } };
}

/** Whether the view follows the kind of this group, whatever the version. */
function isInView(kind: string, group: string): boolean {
  const named = (VIEW_KINDS as Readonly<Record<string, string>>)[kind];
  if (named === undefined) return false;
  return (named.includes('/') ? named.slice(0, named.indexOf('/')) : '') === group;
}
