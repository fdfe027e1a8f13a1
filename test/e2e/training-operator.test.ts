import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ensureBuilt } from '../cluster/controlplane/build.ts';
import { operatorModules } from '../cluster/controlplane/modules.ts';
import { type Cluster, start } from '../cluster/controlplane/start.ts';
import { eventually } from '../cluster/eventually.ts';
import { type ProcessKubelet, startKubelet } from '../cluster/kubelet/kubelet.ts';
import * as operator from '../cluster/operators/training-operator.ts';
import { noOperators } from '../cluster/skip.ts';
import { gameDay } from '../support/game-day.ts';
import { DESPITE, dayIn } from './journeys/day.ts';
import { type Running, verdictOf } from './journeys/mayday.ts';
import { lasting, type Thing } from './journeys/objects.ts';
import { openStage, type Stage } from './journeys/stage.ts';
import { notWanted } from './providers/choose.ts';
import { onControlPlane } from './providers/controlplane.ts';

const skipped = noOperators ?? notWanted('controlplane');
if (skipped !== undefined) process.stderr.write(`skipped: ${skipped}\n`);

const BINDING = 'training-operator-manager-rolebinding';
const LONGEST_WAIT_S = 60;
const inPlace = ['-n', operator.namespace];
const path = (name: string): string =>
  fileURLToPath(new URL(`../../experiments/training-operator/${name}.yaml`, import.meta.url));

/** The five experiments of the catalogue, as they are. What the real operator was seen to do is what is expected of it here. */
describe.skipIf(skipped)('the training-operator experiments on a real training-operator', () => {
  let cluster: Cluster;
  let kubelet: ProcessKubelet | undefined;
  let stage: Stage;

  beforeAll(async () => {
    await ensureBuilt(operatorModules);
    cluster = await start();
    kubelet = await startKubelet(cluster, { images: [operator.trainingOperatorImage], backoffMs: 1000 });
    await operator.installTrainingOperator(cluster.api, { quickProbes: true });
    stage = await openStage(onControlPlane(cluster));
  }, 1_500_000);
  beforeEach(() => eventually('the operator is available', () => operator.isAvailable(cluster.api), LONGEST_WAIT_S));
  afterAll(async () => {
    await stage?.close();
    await kubelet?.stop();
    await cluster?.stop();
  });

  const run = (name: string, ...more: string[]): Running =>
    stage.start(['-o', 'jsonl', 'run', path(name), '--yes', '--soak', '4s', ...more]);
  const read = async (kind: string, name: string): Promise<Thing> =>
    JSON.parse(await stage.kubectl('get', kind, name, ...inPlace, '-o', 'json'));
  const effect = (running: Running) => running.event('effect', said => said.state === 'proven');
  const operatorPod = async (): Promise<Thing> => {
    const label = 'control-plane=controller-manager';
    const { items } = JSON.parse(await stage.kubectl('get', 'pods', ...inPlace, '-l', label, '-o', 'json'));
    return items[0];
  };
  const restarts = ({ status }: Thing): number => status.containerStatuses[0].restartCount;
  /** Deletes a job's worker, and says whether there is a new one now, and can be asked to wait for it. */
  async function killWorker(): Promise<{ isBack(): Promise<boolean> }> {
    const worker = 'second-pytorchjob-worker-0';
    const { uid } = (await read('pod', worker)).metadata;
    // Not waited for: its successor has the same name, and may be there before kubectl looks.
    await stage.kubectl('delete', 'pod', worker, ...inPlace, '--now', '--wait=false');
    return {
      isBack: () =>
        read('pod', worker).then(
          ({ metadata }) => metadata.uid !== uid && metadata.deletionTimestamp === undefined,
          () => false,
        ),
    };
  }
  const createWrongJob = () => {
    const wrong = operator.pytorchJob('wrong');
    wrong.spec.pytorchReplicaSpecs.Master.template.spec.containers[0].name = 'not-pytorch';
    const jobs = `/apis/kubeflow.org/v1/namespaces/${operator.namespace}/pytorchjobs`;
    return cluster.api.call('POST', `${jobs}?dryRun=All`, wrong);
  };

  test('PodKill: Resilient, its ReplicaSet makes another, which takes the jobs over', async () => {
    const before = await operatorPod();
    const ended = await run('pod-kill').ended;
    // Seen: away for the seconds that the new process needs to pass its readiness probe.
    expect(verdictOf(ended)).toMatchObject({
      verdict: 'Resilient',
      selfHealed: true,
      restoredBy: 'kube-controller-manager',
      residue: 0,
    });
    expect(ended.code).toBe(0);
    expect((await operatorPod()).metadata.uid).not.toBe(before.metadata.uid);
    const worker = await killWorker();
    await eventually('the new operator makes a new worker', worker.isBack, LONGEST_WAIT_S);
  });

  test('WebhookDisrupt: Resilient, on Ignore a webhook that serves still refuses, and the policy goes back', async () => {
    const configuration = ['validatingwebhookconfiguration', operator.pytorchWebhook] as const;
    const before = lasting(await read(...configuration));
    const running = run('webhook-disrupt');
    await effect(running);
    // Only a webhook that is away is passed over on Ignore, and the operator is not away.
    expect((await createWrongJob()).status).toBe(403);
    const ended = await running.ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', selfHealed: false, residue: 0 });
    expect(verdictOf(ended).reasons[0]).toMatch(/^survived the fault: it never left steady/);
    expect(lasting(await read(...configuration))).toEqual(before);
  });

  test('RBACRevoke: Resilient, it is refused everything, does not restart, and goes on once it may', async () => {
    const before = lasting(await read('clusterrolebinding', BINDING));
    const pod = await operatorPod();
    const running = run('rbac-revoke');
    await effect(running);
    const worker = await killWorker();
    const ended = await running.ended;
    // Without rights it makes no new worker, but its process and its probes know nothing of that: steady, by its own check.
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', residue: 0 });
    expect(verdictOf(ended).reasons[0]).toMatch(/^survived the fault: it never left steady/);
    expect(lasting(await read('clusterrolebinding', BINDING))).toEqual(before);
    await eventually('the worker is made after all', worker.isBack, LONGEST_WAIT_S);
    const after = await operatorPod();
    expect([after.metadata.uid, restarts(after)]).toEqual([pod.metadata.uid, restarts(pod)]);
  });

  test('a game-day of five scenarios goes through, and leaves nothing behind', async () => {
    const configuration = ['validatingwebhookconfiguration', operator.pytorchWebhook] as const;
    const [hook, binding] = [lasting(await read(...configuration)), lasting(await read('clusterrolebinding', BINDING))];
    const of = (name: string, experiment: string) => ({ name, experiment: path(experiment), ttl: '30s', soak: '4s' });
    const plan = gameDay('training-operator', {
      namespaces: [operator.namespace],
      agenda: [
        of('its pod dies', 'pod-kill'),
        of('its webhook is passed over', 'webhook-disrupt'),
        { name: 'somebody looks', byHand: 'look at the jobs', hypothesis: 'they go on', watchFor: '2s' },
        of('it loses its rights', 'rbac-revoke'),
        of('its pod dies again', 'pod-kill'),
      ],
    });
    const file = stage.write('day.yaml', JSON.stringify(plan));
    const ended = await stage.mayday(['-o', 'jsonl', 'gameday', 'run', file, '--yes', ...DESPITE]);
    const day = dayIn(ended);
    expect(
      day.scenarios.map(({ name, end, runs }) => [
        name,
        end,
        runs.map(({ result }) => [result?.verdict, result?.residue]),
      ]),
    ).toEqual([
      ['its pod dies', 'done', [['Resilient', 0]]],
      ['its webhook is passed over', 'done', [['Resilient', 0]]],
      ['somebody looks', 'done', []],
      ['it loses its rights', 'done', [['Resilient', 0]]],
      ['its pod dies again', 'done', [['Resilient', 0]]],
    ]);
    expect(day.tripped).toEqual([]);
    expect(lasting(await read(...configuration))).toEqual(hook);
    expect(lasting(await read('clusterrolebinding', BINDING))).toEqual(binding);
    // Done by hand, and nobody was there to say how it went.
    expect(ended.code).toBe(5);
  });

  test('NetworkPartition: Inconclusive, where nothing in the cluster shows that policies are enforced', async () => {
    const ended = await run('network-partition', '--set', 'hypothesis.recoveryTimeout=6s').ended;
    // Its probes come from the kubelet, which no policy keeps out, and it holds no Lease that could lapse.
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
    expect(verdictOf(ended).reasons[0]).toBe('the effect of the fault was never proven');
    expect(ended.code).toBe(5);
  });

  test('NetworkPartition: Resilient, cut off it does nothing, and catches up by itself', async () => {
    // The process kubelet does enforce policies; on other networks such a DaemonSet says so.
    await cluster.api.must('POST', '/apis/apps/v1/namespaces/kube-system/daemonsets', enforcer);
    const pod = await operatorPod();
    const running = run('network-partition');
    await effect(running);
    const worker = await killWorker();
    const ended = await running.ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', residue: 0 });
    expect(verdictOf(ended).reasons[0]).toMatch(/^survived the fault: it never left steady/);
    expect(await stage.kubectl('get', 'networkpolicies', ...inPlace, '-o', 'name')).toBe('');
    await eventually('the worker is made after all', worker.isBack, LONGEST_WAIT_S);
    const after = await operatorPod();
    expect([after.metadata.uid, restarts(after)]).toEqual([pod.metadata.uid, restarts(pod)]);
  });

  test('FinalizerBlock: refused as it stands, since a job reaches both of its pods', async () => {
    const ended = await run('finalizer-block').ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
    expect(verdictOf(ended).reasons[0]).toContain('2 in reach, at most 1 allowed');
    expect(ended.code).toBe(5);
    expect((await read('pytorchjob', 'test-pytorchjob')).metadata.finalizers).toBeUndefined();
  });

  test('FinalizerBlock: proven by a dry run of a deletion, which deletes nothing, and the finalizer goes', async () => {
    const before = await read('pytorchjob', 'test-pytorchjob');
    const running = run('finalizer-block', '--set', 'blastRadius.maxPodsAffected=2');
    expect(JSON.stringify(await effect(running))).toContain('tried as a dry run, would hang');
    const ended = await running.ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', residue: 0 });
    expect((await read('pytorchjob', 'test-pytorchjob')).metadata.uid).toBe(before.metadata.uid);
    expect((await read('pytorchjob', 'test-pytorchjob')).metadata.finalizers).toBeUndefined();
  });

  test('FinalizerBlock: the job that is deleted hangs, the operator stays up, and with the finalizer it goes', async () => {
    const running = run('finalizer-block', '--set', 'blastRadius.maxPodsAffected=2');
    await running.event('injected');
    await stage.kubectl('delete', 'pytorchjob', 'test-pytorchjob', ...inPlace, '--wait=false');
    await effect(running);
    const ended = await running.ended;
    expect(verdictOf(ended)).toMatchObject({ verdict: 'Resilient', residue: 0 });
    expect(verdictOf(ended).reasons[0]).toMatch(/^survived the fault: it never left steady/);
    const left = () =>
      stage.kubectl(
        'get',
        'pytorchjobs,pods',
        ...inPlace,
        '-l',
        'training.kubeflow.org/job-name=test-pytorchjob',
        '-o',
        'name',
      );
    await eventually('the job and its pods are gone', async () => (await left()) === '', LONGEST_WAIT_S);
  });
});

const enforcer = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'calico-node' },
  spec: {
    selector: { matchLabels: { 'k8s-app': 'calico-node' } },
    template: {
      metadata: { labels: { 'k8s-app': 'calico-node' } },
      spec: { containers: [{ name: 'calico-node', image: 'example.test/calico-node:1' }] },
    },
  },
};
