import { describe, expect, it } from 'vitest';
import { endpointGroups, planSlices, subsetsOf } from '../../../src/sandbox/controllers/endpoints/endpoints.ts';
import type { Pod, Service } from '../../../src/sandbox/controllers/kinds.ts';
import { BEHAVIOUR_ANNOTATION } from '../../../src/sandbox/kubelet/behaviour.ts';
import { startTestWorld, type TestWorld } from './harness.ts';
import { pod } from './make.ts';

const service = (spec: Partial<Service['spec']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'ex', uid: 's' },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
});

describe('endpoints', () => {
  it('follow selector, address, readiness and named ports', () => {
    const pods = [
      pod('a'),
      pod('b', { ready: false }),
      pod('c', { labels: { app: 'x' } }),
      pod('d', { ip: '' }),
      pod('e', { deleted: true }),
    ];
    const [group, ...more] = endpointGroups(service(), pods);
    expect(more).toEqual([]);
    expect(group?.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect(group?.endpoints.map(e => [e.targetRef.name, e.conditions])).toEqual([
      ['a', { ready: true, serving: true, terminating: false }],
      ['b', { ready: false, serving: false, terminating: false }],
      ['e', { ready: false, serving: true, terminating: true }],
    ]);
    const [subset] = subsetsOf(group ? [group] : []) as { addresses: unknown[]; notReadyAddresses: unknown[] }[];
    expect(subset?.addresses).toHaveLength(1);
    expect(subset?.notReadyAddresses).toHaveLength(1);
  });

  it('may be published before they are ready', () => {
    const [group] = endpointGroups(service({ publishNotReadyAddresses: true }), [pod('b', { ready: false })]);
    expect(group?.endpoints[0]?.conditions).toEqual({ ready: true, serving: false, terminating: false });
  });

  it('fill slices of a hundred and stay in theirs', () => {
    const many = Array.from({ length: 250 }, (_, i) => pod(`p${i}`));
    const first = planSlices(endpointGroups(service(), many), []);
    expect(first.map(s => s.endpoints.length)).toEqual([100, 100, 50]);
    const existing = first.map((s, i) => ({ name: `s${i}`, ports: s.ports, endpoints: s.endpoints }));
    const fewer = many.filter(p => p.metadata.name !== 'p150');
    const second = planSlices(endpointGroups(service(), [...fewer, pod('new')]), existing);
    expect(second.map(s => [s.name, s.endpoints.length])).toEqual([
      ['s0', 100],
      ['s1', 100],
      ['s2', 50],
    ]);
  });

  it('leave an empty slice behind when there are none', () => {
    expect(planSlices([], [])).toEqual([{ ports: [], endpoints: [] }]);
  });
});

describe('a webhook service', () => {
  const SLICES = 'endpointslices.discovery.k8s.io';
  const ready = (w: TestWorld) =>
    w.store
      .list(SLICES, 'kserve', { matchLabels: { 'kubernetes.io/service-name': 'kserve-webhook-server-service' } })
      .flatMap(s => s.endpoints as { conditions: { ready: boolean } }[])
      .filter(e => e.conditions.ready).length;

  it('loses its endpoint while its one pod is not ready, and has it back after', async () => {
    const w = startTestWorld();
    await w.pass(500);
    expect(ready(w)).toBe(1);
    const fate = (value: Record<string, string>) => {
      const name = w.store.list('pods', 'kserve').find(p => p.metadata.name.startsWith('kserve-'))?.metadata.name ?? '';
      w.store.modify<Pod>('pods', 'kserve', name, d => {
        d.metadata.annotations = value;
      });
    };
    fate({ [`${BEHAVIOUR_ANNOTATION}manager`]: 'not-ready' });
    await w.pass(500);
    expect(ready(w)).toBe(0);
    expect(w.store.get('endpoints', 'kserve', 'kserve-webhook-server-service')?.subsets).toMatchObject([
      { notReadyAddresses: [{}] },
    ]);
    fate({});
    await w.pass(500);
    expect(ready(w)).toBe(1);
  });

  it('takes its slices with it when it is deleted', async () => {
    const w = startTestWorld();
    await w.pass(500);
    w.store.delete('services', 'kserve', 'kserve-webhook-server-service');
    await w.pass(500);
    expect(ready(w)).toBe(0);
    expect(w.store.get('endpoints', 'kserve', 'kserve-webhook-server-service')).toBeUndefined();
  });
});
