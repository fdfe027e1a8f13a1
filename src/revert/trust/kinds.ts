import type { KubeObject } from '../../k8s/object.ts';
import { groupOf } from '../../k8s/object-ref.ts';
import { accountOf, hostAccessIn, podSpecsOf } from './pod-spec.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** Kinds whose objects have no more permissions than the user who may create them in their namespace. */
const ORDINARY: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  '/Service',
  '/Pod',
  '/PodTemplate',
  '/ReplicationController',
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
  'batch/CronJob',
  'autoscaling/HorizontalPodAutoscaler',
  'policy/PodDisruptionBudget',
  'networking.k8s.io/Ingress',
  'coordination.k8s.io/Lease',
]);

/** Kinds without subresources: a user who may write such an object may write all of it. */
const WITHOUT_SUBRESOURCES: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  `${RBAC}/Role`,
  `${RBAC}/RoleBinding`,
  `${RBAC}/ClusterRole`,
  `${RBAC}/ClusterRoleBinding`,
  'coordination.k8s.io/Lease',
  'networking.k8s.io/NetworkPolicy',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
]);

type Kinded = Pick<KubeObject, 'apiVersion' | 'kind'>;
export const isRbac = ({ apiVersion }: Kinded): boolean => groupOf(apiVersion) === RBAC;
export const isNode = ({ apiVersion, kind }: Kinded): boolean => groupOf(apiVersion) === '' && kind === 'Node';
export const isOrdinary = ({ apiVersion, kind }: Kinded): boolean => ORDINARY.has(`${groupOf(apiVersion)}/${kind}`);

/** Whether a user may be allowed to write only a part of such an object; true if that is not known. */
export const hasSubresources = ({ apiVersion, kind }: Kinded): boolean =>
  !WITHOUT_SUBRESOURCES.has(`${groupOf(apiVersion)}/${kind}`);

/** Why creating this object grants more than its kind usually does, one phrase each; empty if it does not. */
export function beyondOrdinary(object: KubeObject): string[] {
  const why: string[] = [];
  for (const spec of podSpecsOf(object)) {
    const access = hostAccessIn(spec);
    if (access.length > 0) why.push(`reaches into the node: ${access.join(', ')}`);
    const account = accountOf(spec);
    if (account !== 'default') why.push(`runs as ServiceAccount ${account}`);
  }
  if (object.kind === 'Secret' && object.type === 'kubernetes.io/service-account-token')
    why.push('is a token of a ServiceAccount');
  const { externalIPs } = (object.spec ?? {}) as { externalIPs?: unknown };
  if (object.kind === 'Service' && Array.isArray(externalIPs) && externalIPs.length > 0)
    why.push(`takes the addresses ${externalIPs.join(', ')}`);
  return why;
}
