import { describe, expect } from 'vitest';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import { eventually } from '../../cluster/eventually.ts';
import { definition, version } from '../../support/definition.ts';
import type { Provider } from '../providers/provider.ts';
import { LABELS, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const BLOCK = 'chaos.operatorchaos.io/block';

/** Injections where a scan is easily blind: on kinds that controllers write, on a custom kind with a borrowed plural, beside a dead API. */
export function everyKindJourneys(given: () => Provider): void {
  const test = onStage(given);
  describe('an injection on any kind', () => {
    test('is found once, under Kubernetes own group, and put back: ReplicaSet, Endpoints, Event, a custom kind whose plural is endpoints', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply(crd(), event(stage.namespace));
      await stage.kubectl('wait', '--for=condition=Established', 'crd/endpoints.e2e.example.com', '--timeout=60s');
      await eventually('the custom kind', () =>
        stage.apply({ apiVersion: 'e2e.example.com/v1', kind: 'Widget', metadata: { name: 'mine' } }).then(() => true),
      );
      await stage.apply({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', labels: LABELS },
        spec: { selector: LABELS, ports: [{ port: 80 }] },
      });
      const set = (await stage.kubectl('get', 'replicasets', '-o', 'name')).trim();
      await eventually('endpoints', () => stage.read('endpoints.v1.', 'web'));
      const victims = [set, 'endpoints.v1./web', 'event.v1./fallen', 'endpoints.e2e.example.com/mine'];
      for (const victim of victims) await block(stage, victim);
      // A mark on a Deployment and a label on a Service are copied by controllers; the copies are no injections.
      await block(stage, 'deployment.apps/web');
      await stage.kubectl('rollout', 'restart', 'deployment/web');
      await stage.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      await block(stage, 'service/web');

      const scan = await stage.mayday(['-o', 'json', '-n', stage.namespace, 'scan']);
      const ids = JSON.parse(scan.stdout).injections.map(({ id }: Thing) => id);
      const id = (kind: string, name: string) => `FinalizerBlock:${stage.namespace}/${kind}/${name}`;
      expect(ids.toSorted()).toEqual(
        [
          id('Deployment.apps', 'web'),
          id('Endpoints', 'web'),
          id('Widget.e2e.example.com', 'mine'),
          id('Event', 'fallen'),
          id('ReplicaSet.apps', set.split('/')[1] ?? ''),
          id('Service', 'web'),
        ].toSorted(),
      );
      const { receipts, remaining, code } = await stage.revertAll('--trust-records');
      const unlike = receipts.filter(({ outcome, verified }: Thing) => outcome !== 'reverted' || verified !== true);
      expect(unlike).toEqual([]);
      expect({ receipts: receipts.length, remaining, code }).toEqual({
        receipts: 6,
        remaining: 0,
        code: 0,
      });
      for (const victim of victims)
        expect(await stage.kubectl('get', victim, '-o', 'jsonpath={.metadata.finalizers}')).not.toContain(BLOCK);
      await stage.mayday(['latch', 'off']);
    });

    test('is told of although the measurements API is down: a note, not a blind spot', async ({ stage }) => {
      await stage.apply(api('v1beta1.metrics.k8s.io', 'metrics.k8s.io', stage.namespace));
      await eventually('the note', async () => {
        const { code, stdout } = await stage.mayday(['-o', 'json', '-n', stage.namespace, 'scan']);
        const { notes, blind } = JSON.parse(stdout);
        expect({ code, blind }).toEqual({ code: 0, blind: [] });
        return notes.some(({ resource }: Thing) => resource === '*.metrics.k8s.io/v1beta1');
      });
      await stage.apply(api('v1.widgets.e2e.example.com', 'widgets.e2e.example.com', stage.namespace));
      await eventually('the blind spot', async () => {
        const { code, stdout } = await stage.mayday(['-o', 'json', '-n', stage.namespace, 'scan']);
        const { blind } = JSON.parse(stdout);
        return code === 8 && blind.some(({ resource }: Thing) => resource === '*.widgets.e2e.example.com/v1');
      });
      await stage.kubectl('delete', 'apiservice', 'v1beta1.metrics.k8s.io', 'v1.widgets.e2e.example.com');
    });
  });
}

/** What the framework's FinalizerBlock leaves on an object. */
async function block(stage: Stage, victim: string): Promise<void> {
  const [kind = '', name = ''] = victim.split('/');
  const { metadata } = await stage.read(kind, name);
  const patch = {
    metadata: {
      resourceVersion: metadata.resourceVersion,
      finalizers: [...(metadata.finalizers ?? []), BLOCK],
      labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'FinalizerBlock' },
      annotations: { 'chaos.operatorchaos.io/rollback-data': writeEnvelope({ finalizer: BLOCK }) },
    },
  };
  await stage.kubectl(
    'patch',
    kind,
    name,
    '--type=merge',
    '--field-manager=operator-chaos',
    '-p',
    JSON.stringify(patch),
  );
}

const crd = (): Thing =>
  definition(
    'e2e.example.com',
    'Widget',
    [version('v1', { schema: { type: 'object', properties: { spec: { type: 'object' } } } })],
    { plural: 'endpoints' },
  );

const event = (namespace: string): Thing => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'fallen' },
  involvedObject: { kind: 'Deployment', name: 'web', namespace },
  reason: 'Fallen',
  message: 'it fell',
});

/** An API that a service which is not there should serve. */
const api = (name: string, group: string, namespace: string): Thing => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name },
  spec: {
    group,
    version: name.split('.')[0],
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { name: 'nobody', namespace },
  },
});
