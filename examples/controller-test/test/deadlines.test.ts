import { AppsV1Api, CoreV1Api, KubeConfig } from '@kubernetes/client-node';
import { type Sandbox, startSandbox } from 'mayday/sandbox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEADLINE, scaleDownWhatIsDue } from '../src/deadlines.ts';

let cluster: Sandbox;
const config = new KubeConfig();
const deployment = (name: string, deadline: string) => ({
  metadata: { name, annotations: { [DEADLINE]: deadline } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }] },
    },
  },
});

beforeAll(async () => {
  cluster = await startSandbox({ seed: 1, speed: 20 });
  config.loadFromString(cluster.kubeconfig);
  await config.makeApiClient(CoreV1Api).createNamespace({ body: { metadata: { name: 'previews' } } });
  const apps = config.makeApiClient(AppsV1Api);
  for (const body of [deployment('old', '2026-01-01T00:00:00Z'), deployment('young', '2036-01-01T00:00:00Z')])
    await apps.createNamespacedDeployment({ namespace: 'previews', body });
});
afterAll(() => cluster?.close());

/** Asks again until the answer fits: the controllers of the cluster need a moment. */
async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const answer = await ask();
    if (fits(answer) || tries === 100) return answer;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

const podsOf = async (app: string) =>
  (await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'previews', labelSelector: `app=${app}` })).items;

it('scales down what is due, leaves the rest alone, and the pods go away', async () => {
  expect(await eventually(() => podsOf('old'), pods => pods.length === 2)).toHaveLength(2);
  expect(await scaleDownWhatIsDue(config, new Date('2026-06-01T00:00:00Z'))).toEqual(['previews/old']);
  expect(await eventually(() => podsOf('old'), pods => pods.length === 0)).toHaveLength(0);
  expect(await eventually(() => podsOf('young'), pods => pods.length === 2)).toHaveLength(2);
});

it('says so in an event', async () => {
  const { items } = await config.makeApiClient(CoreV1Api).listNamespacedEvent({ namespace: 'previews' });
  expect(items.filter(one => one.reason === 'DeadlineReached').map(one => one.involvedObject.name)).toEqual(['old']);
});

it('does nothing twice', async () => {
  expect(await scaleDownWhatIsDue(config, new Date('2026-06-01T00:00:00Z'))).toEqual([]);
});
