import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBuilt } from './controlplane/build.ts';
import { recordedProcesses } from './controlplane/folders.ts';
import { operatorModules } from './controlplane/modules.ts';
import { type Cluster, start } from './controlplane/start.ts';
import { eventually } from './eventually.ts';
import { type ProcessKubelet, startKubelet } from './kubelet/kubelet.ts';
import type { ContainerStatus, Pod } from './kubelet/types.ts';
import * as operator from './operators/training-operator.ts';
import { noOperators } from './skip.ts';

const pods = `/api/v1/namespaces/${operator.namespace}/pods`;
const deployment = `/apis/apps/v1/namespaces/${operator.namespace}/deployments/${operator.deployment}`;
const pytorchJobs = `/apis/kubeflow.org/v1/namespaces/${operator.namespace}/pytorchjobs`;
const networkPolicies = `/apis/networking.k8s.io/v1/namespaces/${operator.namespace}/networkpolicies`;
const mergePatch = 'application/merge-patch+json';

type Status = { readonly containerStatuses?: readonly ContainerStatus[]; readonly phase?: string };
type Found = Pod & { readonly status: Status };

describe.skipIf(noOperators)('a real training-operator on the process kubelet', () => {
  let cluster: Cluster;
  let kubelet: ProcessKubelet | undefined;
  beforeAll(async () => {
    await ensureBuilt(operatorModules);
    cluster = await start();
    kubelet = await startKubelet(cluster, { images: [operator.trainingOperatorImage], backoffMs: 1000 });
    await operator.installTrainingOperator(cluster.api, { quickProbes: true });
  });
  afterAll(async () => {
    await kubelet?.stop();
    await cluster?.stop();
  });

  const list = async (label: string): Promise<Found[]> =>
    (await cluster.api.must('GET', `${pods}?labelSelector=${encodeURIComponent(label)}`)).body.items;
  const operatorPods = () => list('control-plane=controller-manager');
  const only = async (): Promise<Found> => {
    const [pod] = await operatorPods();
    if (pod === undefined) throw new Error('no operator pod');
    return pod;
  };
  const container = (pod: Found): ContainerStatus | undefined => pod.status.containerStatuses?.[0];
  const changeTemplate = (change: object) =>
    cluster.api.must(
      'PATCH',
      deployment,
      { spec: { template: { spec: { containers: [{ name: 'training-operator', ...change }] } } } },
      [],
      'application/strategic-merge-patch+json',
    );
  const waitsFor = (reason: string) =>
    eventually(reason, async () =>
      (await operatorPods()).some(pod => container(pod)?.state.waiting?.reason === reason),
    );
  /** Deletes a job's worker pod; the operator makes a new one when it can see and write. */
  const workerComesBack = async (job: string, seconds: number): Promise<boolean> => {
    const path = `${pods}/${job}-worker-0`;
    const { uid } = (await cluster.api.must('GET', path)).body.metadata;
    await cluster.api.must('DELETE', path);
    const back = async (): Promise<boolean> => {
      const { status, body } = await cluster.api.call('GET', path);
      return status === 200 && body.metadata.uid !== uid;
    };
    return eventually('a new worker', back, seconds).then(
      () => true,
      () => false,
    );
  };

  test('reconciles its jobs: each has a master and a worker', async () => {
    const names = (await list('training.kubeflow.org/job-name')).map(each => each.metadata.name).sort();
    expect(names).toEqual(operator.jobs.flatMap(job => [`${job}-master-0`, `${job}-worker-0`]).sort());
  });

  test('refuses a wrong job through its own webhook, reached through the egress proxy', async () => {
    const answer = await createWrongJob();
    expect(answer.status).toBe(403);
    expect(answer.body.message).toContain(`admission webhook "${operator.pytorchWebhook}" denied the request`);
    expect(cluster.egress.dials.some(dial => dial.connected && dial.to.endsWith(':9443'))).toBe(true);
  });

  test('shows its log to kubectl', async () => {
    // Not execFileSync: the kubelet that must answer lives in this very process.
    const kubectl = async (...more: string[]): Promise<string> => {
      const args = ['--kubeconfig', cluster.kubeconfig, '-n', operator.namespace, 'logs', (await only()).metadata.name];
      return (await promisify(execFile)('kubectl', [...args, ...more])).stdout;
    };
    expect(await kubectl()).toContain('starting manager');
    expect((await kubectl('--tail=2')).trim().split('\n')).toHaveLength(2);
  });

  test('is replaced when its pod is deleted; until then the webhook has no endpoints', async () => {
    const before = await only();
    await cluster.api.must('DELETE', `${pods}/${before.metadata.name}`);
    await eventually('no endpoints', async () => {
      const { status, body } = await createWrongJob();
      return status === 500 && /no endpoints available for service "training-operator"/.test(body.message);
    });
    const after = await eventually('one ready pod', async () => {
      const found = await operatorPods();
      return found.length === 1 && found[0] !== undefined && container(found[0])?.ready === true && found[0];
    });
    await eventually('available', () => operator.isAvailable(cluster.api));
    expect(after.metadata.uid).not.toBe(before.metadata.uid);
  });

  test('is restarted when its process is killed', async () => {
    const [process_] = recordedProcesses(cluster.folder).slice(-1);
    process.kill(process_ ?? 0, 'SIGKILL');
    const pod = await eventually('a restart', async () => {
      const found = await only();
      return container(found)?.restartCount === 1 && container(found)?.ready === true && found;
    });
    expect(container(pod)?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
  });

  test('keeps its old pod while a new one cannot pull its image, or has no such command', async () => {
    const good = (await only()).metadata.uid;
    await changeTemplate({ image: 'registry.invalid/training-operator:1' });
    await waitsFor('ImagePullBackOff');
    await changeTemplate({ image: 'kubeflow/training-operator:v1.8.1', command: ['/chaos-nonexistent-binary'] });
    await waitsFor('CrashLoopBackOff');
    await changeTemplate({ command: ['/manager'] });
    await eventually('the first pod alone', async () => {
      const found = await operatorPods();
      return found.length === 1 && found[0]?.metadata.uid === good;
    });
    expect(await operator.isAvailable(cluster.api)).toBe(true);
  });

  test('does nothing while its role binding is empty, and goes on when it is back', async () => {
    const path = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/training-operator-manager-rolebinding';
    const { subjects } = (await cluster.api.must('GET', path)).body;
    await cluster.api.must('PATCH', path, { subjects: null }, [], mergePatch);
    expect(await workerComesBack('second-pytorchjob', 4)).toBe(false);
    await cluster.api.must('PATCH', path, { subjects }, [], mergePatch);
    await eventually(
      'the worker',
      async () => {
        return (await cluster.api.call('GET', `${pods}/second-pytorchjob-worker-0`)).status === 200;
      },
      40,
    );
  });

  test('does nothing while a NetworkPolicy isolates it, its webhook times out, and both recover', async () => {
    await cluster.api.must('POST', networkPolicies, {
      metadata: { name: 'isolate' },
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'training-operator' } },
        policyTypes: ['Ingress', 'Egress'],
      },
    });
    await new Promise(resolve => setTimeout(resolve, 500));
    const webhook = createWrongJob();
    expect(await workerComesBack('test-pytorchjob', 4)).toBe(false);
    expect((await webhook).body.message).toMatch(/context deadline exceeded|Client.Timeout|timeout/i);
    await cluster.api.must('DELETE', `${networkPolicies}/isolate`);
    await eventually(
      'the worker',
      async () => {
        return (await cluster.api.call('GET', `${pods}/test-pytorchjob-worker-0`)).status === 200;
      },
      40,
    );
    await eventually('the webhook answers', async () => (await createWrongJob()).status === 403, 40);
  });

  async function createWrongJob() {
    const wrong = operator.pytorchJob('wrong');
    wrong.spec.pytorchReplicaSpecs.Master.template.spec.containers[0].name = 'not-pytorch';
    return cluster.api.call('POST', pytorchJobs, wrong);
  }
});
