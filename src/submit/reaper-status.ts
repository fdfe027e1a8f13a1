import type { Api } from '../kube/client/api.ts';

const LABEL = 'app.kubernetes.io/name=mayday-reaper';

/** One line that says whether a reaper runs in the cluster, which would revert what a killed pod leaves. */
export async function reaperText(api: Api): Promise<string> {
  const page = await api.listAll({ apiVersion: 'apps/v1', kind: 'Deployment' }, { labelSelector: LABEL });
  if (!page.ok) return `BLIND to whether a reaper runs here: ${page.message}`;
  const ready = page.value.items.filter(
    ({ status }) => Number((status as { readyReplicas?: number })?.readyReplicas) > 0,
  );
  if (ready.length > 0)
    return `a reaper runs in ${ready[0]?.metadata.namespace}: if a pod is killed, it reverts at the TTL`;
  const why = page.value.items.length > 0 ? 'the reaper here has no ready pod' : 'no reaper is here';
  return `${why}: if a pod is killed, its fault stays until \`mayday revert --all\` (deploy/reaper.yaml)`;
}
