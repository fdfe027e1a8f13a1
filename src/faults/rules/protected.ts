import { noPrefix, notOneOf } from './check.ts';

/** Why these objects are protected. The lists of names are the framework's. */
const CLUSTER = 'the cluster itself depends on it';
const PREFIXES = noPrefix(['etcd-', 'kube-apiserver-', 'openshift-service-ca'], CLUSTER);

export const configMapName = [
  notOneOf(
    [
      'kube-root-ca.crt',
      'coredns',
      'kube-proxy',
      'cluster-info',
      'extension-apiserver-authentication',
      'kubeadm-config',
      'kubelet-config',
      'kube-apiserver',
      'scheduler-config',
    ],
    CLUSTER,
  ),
  PREFIXES,
];

export const secretName = [
  notOneOf(['etcd-client', 'apiserver-etcd-client', 'service-account-key', 'oauth-serving-cert'], CLUSTER),
  PREFIXES,
];

export const serviceName = [notOneOf(['kubernetes', 'openshift-apiserver', 'dns-default', 'kube-dns'], CLUSTER)];
export const serviceAccountName = [notOneOf(['default', 'deployer', 'builder', 'pipeline'], CLUSTER)];

export const webhookName = [
  notOneOf(
    [
      'validate-policy.kyverno.io',
      'gatekeeper-validating-webhook-configuration',
      'gatekeeper-mutating-webhook-configuration',
      'cert-manager-webhook',
      'istio-sidecar-injector',
    ],
    'policies or certificates of the whole cluster depend on it',
  ),
  noPrefix(['system:', 'openshift-'], CLUSTER),
];

export const clusterBindingName = [
  notOneOf(['cluster-admin'], 'without it nobody may be able to administer the cluster'),
  noPrefix(['system:'], CLUSTER),
];

/** Namespaces that are never a target. */
export const FORBIDDEN_NAMESPACES = ['kube-system', 'kube-public', 'kube-node-lease', 'default'];

/** For a namespace given as a parameter: the same four are refused, and two prefixes. */
export const namespaceParameter = [
  notOneOf(FORBIDDEN_NAMESPACES, 'never a target'),
  noPrefix(['openshift-', 'chaos-'], 'never a target'),
];
