import { describe, expect, it } from 'vitest';
import { type KubeObject, sameJson } from '../../../src/sandbox/object.ts';
import { SCENARIOS, scenarioNamed } from '../../../src/sandbox/scenarios/registry.ts';
import { parseScenario } from '../../../src/sandbox/scenarios/scenario.ts';
import { startTestWorld, type TestWorld } from './harness.ts';

const everything = (w: TestWorld): [string, KubeObject][] =>
  w.registry
    .all()
    .filter(info => !info.storedAs)
    .flatMap(info => w.store.list(info.key).map(o => [info.key, o] as [string, KubeObject]));

describe('every scenario', () => {
  it.each(SCENARIOS.map(s => s.name))('%s stands still until something is done', async name => {
    const w = startTestWorld(name === 'ten-thousand-pods' ? `${name}:pods=200` : name);
    const settled = ['deployments.apps', 'replicasets.apps', 'pods', 'namespaces', 'configmaps'];
    await w.pass(2000, 100);
    const before = w.store.revision();
    await w.pass(20_000, 500);
    for (const resource of settled) {
      const changes = (w.store.since(resource, before) ?? []).map(e => `${e.type} ${e.object.metadata.name}`);
      expect(changes, resource).toEqual([]);
    }
    expect(w.world.failures).toEqual([]);
  });

  // What the API would fill in or refuse is filled in, and right, from the start: else the first write to an object
  // by anybody would change more than was asked for, and start rollouts.
  it.each(['healthy', 'stuck-injections', 'stale-webhook'])(
    '%s holds only objects the API would keep as they are',
    async name => {
      const w = startTestWorld(name);
      await w.pass(1000);
      const changed: string[] = [];
      for (const [resource, object] of everything(w)) {
        if (resource === 'events' || resource === 'pods') continue;
        const { managedFields: _before, ...metadata } = object.metadata;
        try {
          const kept = await w.admin.update(resource, object);
          const { managedFields: _after, resourceVersion: _rv, ...after } = kept.metadata;
          const { resourceVersion: _old, ...before } = metadata;
          if (!sameJson({ ...kept, metadata: after }, { ...object, metadata: before }))
            changed.push(
              `${resource} ${object.metadata.namespace}/${object.metadata.name}: ${difference(object, kept)}`,
            );
        } catch (error) {
          changed.push(`${resource} ${object.metadata.namespace}/${object.metadata.name}: ${String(error)}`);
        }
      }
      expect(changed).toEqual([]);
    },
  );
});

/** The first path at which two objects differ, for a message. */
function difference(a: unknown, b: unknown, path = ''): string {
  if (sameJson(a, b)) return '';
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b)
    return `${path}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (key === 'managedFields' || key === 'resourceVersion') continue;
    const found = difference(
      (a as Record<string, unknown>)[key],
      (b as Record<string, unknown>)[key],
      `${path}.${key}`,
    );
    if (found) return found;
  }
  return '';
}

describe('ten thousand pods', () => {
  it('spread over as many nodes as are asked for, each alive', async () => {
    const w = startTestWorld('ten-thousand-pods:pods=200,nodes=30');
    await w.pass(12_000, 500);
    const nodes = w.store.list('nodes') as unknown as { metadata: { name: string }; spec: { podCIDR: string } }[];
    expect(new Set(nodes.map(({ spec }) => spec.podCIDR)).size).toBe(30);
    const used = new Set(w.store.list('pods').map(pod => (pod as { spec?: { nodeName?: string } }).spec?.nodeName));
    expect([...used].every(name => nodes.some(node => node.metadata.name === name))).toBe(true);
    expect(used.size).toBeGreaterThan(20);
    const leases = w.store.list('leases.coordination.k8s.io', 'kube-node-lease');
    expect(leases).toHaveLength(30);
  });
});

describe('scenario names', () => {
  it('carry options', () => {
    expect(parseScenario('ten-thousand-pods:churn=100,pods=50')).toEqual({
      name: 'ten-thousand-pods',
      options: { churn: '100', pods: '50' },
    });
    expect(parseScenario('healthy')).toEqual({ name: 'healthy', options: {} });
  });

  it('are listed when one is not known', () => {
    expect(scenarioNamed('').name).toBe('healthy');
    expect(() => scenarioNamed('helthy')).toThrow(
      /^expected a scenario \(healthy, .*stale-webhook, .*\), found "helthy"$/,
    );
  });
});

describe('a seed', () => {
  const story = async (seed: number) => {
    const w = startTestWorld('healthy', seed);
    await w.pass(1000);
    await w.admin.delete('pods', 'kserve', w.store.list('pods', 'kserve')[0]?.metadata.name ?? '');
    await w.pass(8000, 100);
    return w.store.list('pods').map(p => [p.metadata.name, p.metadata.uid, p.status]);
  };

  it('plays the same world twice, and another plays another', async () => {
    const first = await story(7);
    expect(await story(7)).toEqual(first);
    expect(await story(8)).not.toEqual(first);
  });
});

describe('services', () => {
  it('have addresses of their own', () => {
    const w = startTestWorld('stuck-injections');
    const addresses = w.store.list('services').map(s => (s.spec as { clusterIP: string }).clusterIP);
    expect(new Set(addresses).size).toBe(addresses.length);
  });
});
