import { selects } from '../../k8s/deployment.ts';
import { fieldAt } from '../../k8s/json-path.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Dependant } from '../../knowledge/dependants.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindness } from './checks.ts';
import { combined, servingEvidence } from './evidence.ts';

/** Which Deployments of the experiment's namespaces serve, by `namespace/name`; or why that cannot be known. */
export type Bystanders = { serving: ReadonlyMap<string, boolean> } | { blind: string };

/** Where the fault could harm something other than its target. */
export interface Neighbourhood {
  namespaces: readonly string[];
  /** Whether a Deployment belongs to the experiment. */
  isTarget(deployment: KubeObject): boolean;
  /** Components that need the target, wherever they are. */
  dependants: readonly Dependant[];
}

/**
 * Reads once the Deployments of the experiment's namespaces and those of the components that depend on the target.
 * Other namespaces are left out: in a shared cluster there is always an unrelated rollout somewhere.
 */
export async function lookAtBystanders(api: Api, where: Neighbourhood, signal?: AbortSignal): Promise<Bystanders> {
  const [near, dependent] = await Promise.all([neighbours(api, where, signal), dependants(api, where, signal)]);
  if ('blind' in near) return near;
  return 'blind' in dependent ? dependent : { serving: new Map([...dependent.serving, ...near.serving]) };
}

async function dependants(
  api: Api,
  { dependants, isTarget }: Neighbourhood,
  signal?: AbortSignal,
): Promise<Bystanders> {
  const refs = dependants.flatMap(({ deployments }) => deployments);
  const reads = await Promise.all(refs.map(ref => api.get(ref, signal ? { signal } : {})));
  const serving = new Map<string, boolean>();
  for (const read of reads) {
    if (!read.ok && read.reason === 'not-found') continue;
    if (!read.ok) return { blind: `collateral was not assessed: what depends on the target: ${blindness(read)}` };
    const deployment = { ...read.value, kind: 'Deployment' };
    if (!isTarget(deployment)) serving.set(keyOf(deployment), isServing(deployment));
  }
  return { serving };
}

const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

async function neighbours(
  api: Api,
  { namespaces, isTarget }: Neighbourhood,
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
      serving.set(keyOf(deployment), isServing(deployment));
    }
  }
  return { serving };
}

/** Whether a Deployment serves. One that is scaled to zero on purpose is healthy, but does not serve. */
export const isServing = (deployment: KubeObject): boolean =>
  combined(servingEvidence(deployment)) === 'pass' &&
  Number(fieldAt(deployment, 'status.readyReplicas').value ?? 0) > 0;

/** Deployments that served before and do not now, or are gone. Empty where either look was blind. */
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
