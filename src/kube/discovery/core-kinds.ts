import type { ApiResource } from './discovery.ts';

// group/version: Kind=resource, `*` for cluster scope. Every kind that an API server of Kubernetes itself always serves and that we address by name.
const TABLE = `
v1: Namespace=namespaces* Node=nodes* PersistentVolume=persistentvolumes* Pod=pods Service=services Endpoints=endpoints ConfigMap=configmaps Secret=secrets ServiceAccount=serviceaccounts Event=events ResourceQuota=resourcequotas LimitRange=limitranges PersistentVolumeClaim=persistentvolumeclaims ReplicationController=replicationcontrollers
apps/v1: Deployment=deployments ReplicaSet=replicasets StatefulSet=statefulsets DaemonSet=daemonsets
batch/v1: Job=jobs CronJob=cronjobs
autoscaling/v2: HorizontalPodAutoscaler=horizontalpodautoscalers
policy/v1: PodDisruptionBudget=poddisruptionbudgets
networking.k8s.io/v1: NetworkPolicy=networkpolicies Ingress=ingresses IngressClass=ingressclasses*
discovery.k8s.io/v1: EndpointSlice=endpointslices
coordination.k8s.io/v1: Lease=leases
rbac.authorization.k8s.io/v1: Role=roles RoleBinding=rolebindings ClusterRole=clusterroles* ClusterRoleBinding=clusterrolebindings*
admissionregistration.k8s.io/v1: ValidatingWebhookConfiguration=validatingwebhookconfigurations* MutatingWebhookConfiguration=mutatingwebhookconfigurations* ValidatingAdmissionPolicy=validatingadmissionpolicies* ValidatingAdmissionPolicyBinding=validatingadmissionpolicybindings*
apiextensions.k8s.io/v1: CustomResourceDefinition=customresourcedefinitions*
apiregistration.k8s.io/v1: APIService=apiservices*
storage.k8s.io/v1: StorageClass=storageclasses* CSIDriver=csidrivers* CSINode=csinodes* VolumeAttachment=volumeattachments*
node.k8s.io/v1: RuntimeClass=runtimeclasses*
scheduling.k8s.io/v1: PriorityClass=priorityclasses*
events.k8s.io/v1: Event=events
authorization.k8s.io/v1: SelfSubjectAccessReview=selfsubjectaccessreviews* SelfSubjectRulesReview=selfsubjectrulesreviews* SubjectAccessReview=subjectaccessreviews* LocalSubjectAccessReview=localsubjectaccessreviews
authentication.k8s.io/v1: SelfSubjectReview=selfsubjectreviews* TokenReview=tokenreviews*
`;

/**
 * The resource of a built-in kind, known without discovery. It has only the URL parts; verbs and short names are
 * empty.
 */
export const coreKind = (apiVersion: string, kind: string): ApiResource | undefined =>
  CORE.get(`${apiVersion} ${kind}`);

/** By group version and kind: a map, since every request looks a kind up. */
const CORE: ReadonlyMap<string, ApiResource> = new Map(
  TABLE.trim()
    .split('\n')
    .flatMap(line => {
      const [apiVersion = '', entries = ''] = line.split(': ');
      return entries.split(' ').map(entry => {
        const resource = resourceOf(apiVersion, entry);
        return [`${apiVersion} ${resource.kind}`, resource] as const;
      });
    }),
);

function resourceOf(apiVersion: string, entry: string): ApiResource {
  const [kind = '', plural = ''] = entry.split('=');
  return {
    ...splitApiVersion(apiVersion),
    apiVersion,
    kind,
    resource: plural.replace('*', ''),
    singular: kind.toLowerCase(),
    namespaced: !entry.endsWith('*'),
    verbs: [],
    shortNames: [],
    subresources: [],
  };
}

/** `apps/v1` → apps and v1; `v1` → the core group, which has no name. */
export function splitApiVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.lastIndexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}
