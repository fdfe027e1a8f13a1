import { selects } from '../../k8s/deployment.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindness } from './checks.ts';
import { combined, servingEvidence } from './evidence.ts';

/** Which Deployments of the experiment's namespaces serve, by `namespace/name`; or why that cannot be known. */
export type Bystanders = { serving: ReadonlyMap<string, boolean> } | { blind: string };

/**
 * Lists the Deployments of the namespaces once. Those that are the experiment's own business are left out by `isTarget`.
 * Only these namespaces: in a shared cluster somebody is always rolling something out, and that is not our doing.
 */
export async function lookAtBystanders(
  api: Api,
  namespaces: readonly string[],
  isTarget: (deployment: KubeObject) => boolean,
  signal?: AbortSignal,
): Promise<Bystanders> {
  const pages = await Promise.all(
    namespaces.map(namespace =>
      api.listAll({ apiVersion: 'apps/v1', kind: 'Deployment', namespace }, signal ? { signal } : {}),
    ),
  );
  const serving = new Map<string, boolean>();
  for (const page of pages) {
    if (!page.ok) return { blind: `collateral was not assessed: deployments: ${blindness(page)}` };
    for (const item of page.value.items) {
      const deployment = { ...item, kind: 'Deployment' };
      if (isTarget(deployment)) continue;
      serving.set(`${deployment.metadata.namespace}/${deployment.metadata.name}`, isServing(deployment));
    }
  }
  return { serving };
}

/** One that is wanted at zero is as it should be, and serves nobody. */
const isServing = (deployment: KubeObject): boolean =>
  combined(servingEvidence(deployment)) === 'pass' &&
  Number(fieldAt(deployment, 'status.readyReplicas').value ?? 0) > 0;

/** Deployments that served before and do not now, or are gone. Nothing is claimed where either look was blind. */
export function harmed(before: Bystanders, now: Bystanders): string[] {
  if ('blind' in before || 'blind' in now) return [];
  return [...before.serving]
    .filter(([name, served]) => served && now.serving.get(name) !== true)
    .map(([name]) => sanitise(`Deployment ${name}`));
}

/** Whether the deployment is one the experiment names, or its selector covers a pod in reach. */
export function targetsOf(
  named: readonly { kind: string; namespace?: string; name: string }[],
  pods: readonly KubeObject[],
): (deployment: KubeObject) => boolean {
  return deployment => {
    const { namespace, name } = deployment.metadata;
    if (named.some(ref => ref.kind === 'Deployment' && ref.namespace === namespace && ref.name === name)) return true;
    return pods.some(pod => pod.metadata.namespace === namespace && selects(deployment, pod));
  };
}
