/**
 * The real training-operator: its CRDs, roles, webhooks and Deployment from its own manifests, under the names that
 * its distribution in opendatahub gives them, and its program as an image for the process kubelet.
 */
import { join } from 'node:path';
import type { Api } from '../controlplane/api.ts';
import { binaryFolder, binaryPath, operatorModules, pinnedVersion } from '../controlplane/modules.ts';
import { eventually } from '../eventually.ts';
import type { Image } from '../kubelet/images.ts';
import { onProcessNode } from '../kubelet/node.ts';
import { collectionOf, type Manifest, manifestsIn } from './manifests.ts';

export const namespace = 'opendatahub';
export const deployment = 'training-operator-controller-manager';
export const jobs = ['test-pytorchjob', 'second-pytorchjob'] as const;
const secret = 'training-operator-webhook-cert';
/** The operator fills in the certificate authority of the configuration with just this name. */
const ownWebhooks = 'validator.training-operator.kubeflow.org';
export const pytorchWebhook = 'vpytorchjob.kubeflow.org';
const labels = { 'control-plane': 'controller-manager', 'app.kubernetes.io/name': 'training-operator' };

/** Its program, put onto free ports and onto the kubeconfig of its pod's ServiceAccount. */
export const trainingOperatorImage: Image = {
  name: 'kubeflow/training-operator',
  command: '/manager',
  binary: binaryPath('training-operator.v1'),
  listens: [8080, 8081, 9443],
  arguments: ({ ports, kubeconfig }) => [
    `-metrics-bind-address=127.0.0.1:${ports.get(8080)}`,
    `-health-probe-bind-address=127.0.0.1:${ports.get(8081)}`,
    `-webhook-server-port=${ports.get(9443)}`,
    `-kubeconfig=${kubeconfig}`,
  ],
  // It serves what is below TMPDIR, but first waits until the certificate is seen at this very path.
  fixedPaths: ['/tmp/k8s-webhook-server/serving-certs'],
};

export interface InstallOptions {
  /** Probes each second from the start, instead of the manifest's 10 s of delay and 15 s of period. */
  readonly quickProbes?: boolean;
}

/** Installs it and its two PyTorchJobs, and resolves when its webhook serves and both jobs run. */
export async function installTrainingOperator(api: Api, options: InstallOptions = {}): Promise<void> {
  await createAll(api, manifests(options));
  await eventually('the training-operator is available', () => isAvailable(api), 120);
  await trustPytorchWebhook(api);
  for (const name of jobs) {
    // Right after the Deployment turns available its endpoint may not have reached the API server yet.
    await eventually(`${name} is taken`, () => create(api, pytorchJob(name)), 30);
  }
  for (const name of jobs) await eventually(`${name} runs`, () => isRunning(api, name), 60);
}

/** A PyTorchJob of one master and one worker, whose pods kwok plays. */
export function pytorchJob(name: string): Manifest {
  const replica = {
    replicas: 1,
    restartPolicy: 'OnFailure',
    template: { spec: { containers: [{ name: 'pytorch', image: 'example.test/pytorch:1', command: ['train'] }] } },
  };
  return {
    apiVersion: 'kubeflow.org/v1',
    kind: 'PyTorchJob',
    metadata: { name, namespace },
    spec: { pytorchReplicaSpecs: { Master: replica, Worker: replica } },
  };
}

/** True when the operator's Deployment has a ready pod. */
export async function isAvailable(api: Api): Promise<boolean> {
  const { body } = await api.must('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}`);
  return (body.status?.availableReplicas ?? 0) > 0;
}

async function isRunning(api: Api, name: string): Promise<boolean> {
  const { body } = await api.must('GET', `/apis/kubeflow.org/v1/namespaces/${namespace}/pytorchjobs/${name}`);
  const conditions = (body.status?.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(each => each.type === 'Running' && each.status === 'True');
}

function manifests(options: InstallOptions): Manifest[] {
  const [module] = operatorModules;
  if (module === undefined) throw new Error('the training-operator is not among the modules');
  const base = join(binaryFolder(module), module.keeps ?? '');
  const plain = [...manifestsIn(join(base, 'rbac')), ...manifestsIn(base)];
  const [webhooks] = manifestsIn(join(base, 'webhook'));
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...manifestsIn(join(base, 'crds')),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: secret, namespace } },
    ...plain.map(each => renamed(each, pinnedVersion(module), options)),
    ...splitWebhooks(webhooks),
  ];
}

/** The same object under the distribution's names, in its namespace, and bound for the process kubelet's node. */
function renamed(object: Manifest, version: string, { quickProbes = false }: InstallOptions): Manifest {
  const made = structuredClone(object);
  const clusterWide = made.kind.startsWith('Cluster');
  if (!clusterWide) made.metadata.namespace = namespace;
  if (made.kind === 'ClusterRole') made.metadata.name = 'training-operator-manager-role';
  if (made.kind === 'ClusterRoleBinding') {
    made.metadata.name = 'training-operator-manager-rolebinding';
    made.roleRef.name = 'training-operator-manager-role';
    made.subjects[0].namespace = namespace;
  }
  if (made.kind === 'Service') made.spec.selector = labels;
  if (made.kind !== 'Deployment') return made;
  made.metadata.name = deployment;
  made.metadata.labels = { ...labels, 'app.kubernetes.io/part-of': 'training-operator' };
  made.spec.selector.matchLabels = labels;
  made.spec.template.metadata.labels = labels;
  Object.assign(made.spec.template.spec, onProcessNode);
  const [container] = made.spec.template.spec.containers;
  container.image = `${container.image}:${version}`;
  const quick = { initialDelaySeconds: 1, periodSeconds: 1 };
  if (quickProbes) Object.assign(container.readinessProbe, quick);
  return made;
}

/**
 * The PyTorchJob webhook gets a configuration of its own, as the distribution has it; the others stay in the one whose
 * name is built into the operator.
 */
function splitWebhooks(manifest: Manifest): Manifest[] {
  const service = { name: 'training-operator', namespace };
  const all = manifest.webhooks.map((each: Manifest) => ({
    ...each,
    clientConfig: { service: { ...each.clientConfig.service, ...service } },
  }));
  const isPytorch = (each: Manifest): boolean => each.name.startsWith('validator.pytorchjob.');
  const named = (name: string, webhooks: Manifest[]): Manifest => ({
    ...manifest,
    metadata: { name, labels },
    webhooks,
  });
  return [
    named(
      ownWebhooks,
      all.filter((each: Manifest) => !isPytorch(each)),
    ),
    named(
      pytorchWebhook,
      all.filter(isPytorch).map((each: Manifest) => ({ ...each, name: pytorchWebhook })),
    ),
  ];
}

/** Gives the PyTorchJob webhook the authority that the operator wrote into its Secret. */
async function trustPytorchWebhook(api: Api): Promise<void> {
  const { body } = await api.must('GET', `/api/v1/namespaces/${namespace}/secrets/${secret}`);
  const configuration = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${pytorchWebhook}`;
  const trust = [{ op: 'add', path: '/webhooks/0/clientConfig/caBundle', value: body.data['ca.crt'] }];
  await api.must('PATCH', configuration, trust, [], 'application/json-patch+json');
}

async function createAll(api: Api, objects: readonly Manifest[]): Promise<void> {
  for (const object of objects) await create(api, object);
}

async function create(api: Api, object: Manifest): Promise<true> {
  await api.must('POST', collectionOf(object), object, [409]);
  return true;
}
