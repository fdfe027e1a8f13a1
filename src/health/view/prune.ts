import { fields, list } from '../../k8s/fields.ts';
import type { ViewKind } from './kinds.ts';
import { DROP, type Prune } from './slim.ts';

/** The keys of a map, each with the length of its value: rules need the keys, and nobody needs the values. */
const keysOnly = (value: unknown): Record<string, number> =>
  Object.fromEntries(Object.entries(fields(value)).map(([key, one]) => [key, String(one).length]));

/** Values of environment variables are often passwords; only their sources matter here. */
const CONTAINERS: Prune = {
  env: { value: DROP },
  securityContext: { seLinuxOptions: DROP, seccompProfile: DROP },
  terminationMessagePath: DROP,
  terminationMessagePolicy: DROP,
};

/** The token volume has another name in each pod, so without it no two pods would be equal. */
export const TOKEN_VOLUME = /kube-api-access-[a-z0-9]{5}/g;
const withoutToken = (value: unknown): unknown =>
  list(value).filter(({ name }) => !(typeof name === 'string' && name.startsWith('kube-api-access-')));

/** What is pruned from the spec of a pod. Pod templates are pruned in the same way when they are shared with the pods. */
export const POD_SPEC: Prune = {
  containers: { ...CONTAINERS, volumeMounts: withoutToken },
  initContainers: { ...CONTAINERS, volumeMounts: withoutToken },
  ephemeralContainers: DROP,
  volumes: withoutToken,
  enableServiceLinks: DROP,
  serviceAccount: DROP,
};

const CONTAINER_STATUS: Prune = { containerID: DROP, volumeMounts: DROP, resources: DROP, allocatedResources: DROP };
const WITH_TEMPLATE: Prune = { spec: { template: DROP, volumeClaimTemplates: { status: DROP } } };

/** Only the results that did not pass, up to a limit. */
const MOST_RESULTS = 200;
const failedResults = (value: unknown): unknown =>
  list(value)
    .filter(({ result }) => result !== 'pass' && result !== 'skip')
    .slice(0, MOST_RESULTS)
    .map(({ policy, rule, result, message, resources, timestamp, severity }) => ({
      policy,
      rule,
      result,
      message,
      resources,
      timestamp,
      severity,
    }));

const MOST_HISTORY = 10;
const history = (value: unknown): unknown =>
  list(value)
    .slice(-MOST_HISTORY)
    .map(({ id, revision, deployedAt, deployStartedAt }) => ({ id, revision, deployedAt, deployStartedAt }));

const HELM: Prune = { helm: { values: DROP, valuesObject: DROP, parameters: DROP, fileParameters: DROP } };

/** Of what a version of an operator installs only the names matter. The rest is its page in a catalog. */
const namesOnly = (value: unknown): unknown => list(value).map(({ name }) => ({ name }));
const OPERATOR: Prune = {
  description: DROP,
  icon: DROP,
  customresourcedefinitions: DROP,
  apiservicedefinitions: DROP,
  nativeAPIs: DROP,
  relatedImages: DROP,
  webhookdefinitions: DROP,
  install: { spec: { deployments: namesOnly, permissions: DROP, clusterPermissions: DROP } },
};

/** What is pruned from the objects of a kind; `metadata` is pruned in the same way for all. */
export const PRUNED: { readonly [kind in ViewKind]?: Prune } = {
  Node: { status: { images: DROP, volumesInUse: DROP, volumesAttached: DROP, daemonEndpoints: DROP, features: DROP } },
  Pod: {
    spec: POD_SPEC,
    status: {
      containerStatuses: CONTAINER_STATUS,
      initContainerStatuses: CONTAINER_STATUS,
      ephemeralContainerStatuses: DROP,
      conditions: { lastProbeTime: DROP, observedGeneration: DROP },
      podIPs: DROP,
      hostIPs: DROP,
    },
  },
  ConfigMap: { data: keysOnly, binaryData: keysOnly },
  Deployment: WITH_TEMPLATE,
  ReplicaSet: WITH_TEMPLATE,
  StatefulSet: WITH_TEMPLATE,
  DaemonSet: WITH_TEMPLATE,
  Job: WITH_TEMPLATE,
  CronJob: { spec: { jobTemplate: { spec: { template: { spec: POD_SPEC } } } } },
  CustomResourceDefinition: {
    spec: { versions: { schema: DROP, additionalPrinterColumns: DROP, subresources: DROP } },
  },
  Application: {
    operation: DROP,
    spec: { source: HELM, sources: HELM },
    status: {
      history,
      summary: DROP,
      sync: { comparedTo: DROP },
      operationState: {
        operation: { retry: DROP, sync: { manifests: DROP, source: DROP, sources: DROP } },
        syncResult: { source: DROP, sources: DROP },
      },
    },
  },
  CertificateRequest: { spec: { request: DROP }, status: { certificate: DROP, ca: DROP } },
  Order: { spec: { request: DROP }, status: { certificate: DROP, authorizations: DROP } },
  Challenge: { spec: { key: DROP, token: DROP, solver: DROP } },
  Subscription: { status: { catalogHealth: DROP } },
  InstallPlan: { status: { plan: DROP, bundleLookups: DROP } },
  ClusterServiceVersion: { spec: OPERATOR, status: { conditions: DROP } },
  PolicyReport: { results: failedResults },
  ClusterPolicyReport: { results: failedResults },
  ConstraintTemplate: { spec: { targets: DROP, crd: { spec: { validation: DROP } } } },
};
