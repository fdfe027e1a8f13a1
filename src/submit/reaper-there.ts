import type { Api } from '../kube/client/api.ts';

const LABEL = 'app.kubernetes.io/name=mayday-reaper';

/** Whether a reaper is there to revert what a pod that dies at once leaves behind: one line for people. */
export async function reaperWords(api: Api): Promise<string> {
  const page = await api.listAll({ apiVersion: 'apps/v1', kind: 'Deployment' }, { labelSelector: LABEL });
  if (!page.ok) return `BLIND to whether a reaper runs here: ${page.message}`;
  const ready = page.value.items.filter(
    ({ status }) => Number((status as { readyReplicas?: number })?.readyReplicas) > 0,
  );
  if (ready.length > 0)
    return `a reaper runs in ${ready[0]?.metadata.namespace}: should a pod be killed at once, it reverts at the TTL`;
  const why = page.value.items.length > 0 ? 'the reaper here has no ready pod' : 'no reaper is here';
  return `${why}: should a pod be killed at once, its fault stays until \`mayday revert --all\` (deploy/reaper.yaml)`;
}
