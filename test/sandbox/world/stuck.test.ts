import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../src/sandbox/object.ts';
import { startTestWorld } from './harness.ts';

const FOLDER = new URL('../../fixtures/stuck/', import.meta.url);
const cases = readdirSync(FOLDER)
  .filter(f => f.endsWith('.experiment.yaml'))
  .map(f => f.replace('.experiment.yaml', ''));

const load = (file: string): KubeObject[] => {
  if (!readdirSync(FOLDER).includes(file)) return [];
  return parseAllDocuments(readFileSync(new URL(file, FOLDER), 'utf8')).flatMap(
    d => (d.toJS() as KubeObject | null) ?? [],
  );
};

/** What a revert is judged by: everything that was asked for, and labels, annotations, owners and finalizers. */
function asked({ metadata, status: _status, ...rest }: KubeObject) {
  const { labels, annotations, finalizers, ownerReferences } = metadata;
  // The revision counts rollouts, and the end of a TTL is told from now; their recorded values are those of the moment.
  const {
    'deployment.kubernetes.io/revision': _revision,
    'chaos.operatorchaos.io/expires': _e,
    ...kept
  } = annotations ?? {};
  return { ...rest, labels, annotations: kept, finalizers, ownerReferences };
}

const world = startTestWorld('stuck-injections');
const resourceOf = (o: KubeObject) => {
  const group = o.apiVersion.includes('/') ? (o.apiVersion.split('/')[0] ?? '') : '';
  return world.registry.byKind(group, o.kind)?.key ?? '';
};
const live = (o: KubeObject) => world.store.get(resourceOf(o), o.metadata.namespace, o.metadata.name);

describe('the stuck injections', () => {
  it('are all there', () => expect(cases).toHaveLength(24));

  it.each(cases)('%s stands in the sandbox as it was recorded', async name => {
    await world.pass(500);
    const injected = load(`${name}.injected.yaml`);
    for (const object of injected) {
      const found = live(object);
      expect(found && asked(found), object.metadata.name).toEqual(asked(object));
    }
    const keys = new Set(injected.map(o => `${o.kind}/${o.metadata.name}`));
    for (const object of load(`${name}.before.yaml`).filter(o => !keys.has(`${o.kind}/${o.metadata.name}`)))
      expect(live(object), `${object.metadata.name} should be gone`).toBeUndefined();
  });

  it.each(cases)("%s was marked by the framework 18 minutes ago, by the server's own account", name => {
    const marked = load(`${name}.injected.yaml`).flatMap(object => live(object) ?? []);
    const MARK = /"f:(chaos\.operatorchaos\.io\/|app\.kubernetes\.io\/managed-by)/;
    const writers = marked.flatMap(({ metadata: { managedFields = [] } }) =>
      managedFields.filter(({ fieldsV1 }) => MARK.test(JSON.stringify(fieldsV1))),
    );
    expect(writers.map(({ manager }) => manager)).toEqual(marked.map(() => 'operator-chaos'));
    const ages = writers.map(({ time = '' }) => world.clock.now() - Date.parse(time));
    for (const age of ages) expect(age / 60_000).toBeCloseTo(18, -1);
  });

  it('has one TTL, of the NetworkPolicy, which ended after the injection and before now', () => {
    const policy = world.store.get('networkpolicies.networking.k8s.io', 'shop', 'operator-chaos-np-app-checkout');
    const ended = Date.parse(policy?.metadata.annotations?.['chaos.operatorchaos.io/expires'] ?? '');
    expect(ended).toBeLessThan(world.clock.now());
    expect(ended).toBeGreaterThan(world.clock.now() - 20 * 60_000);
  });

  it('show in pods and Deployments: one pull that fails, one crash loop, nothing down', async () => {
    await world.pass(2000);
    const reasons = world.store
      .list('pods', 'shop')
      .flatMap(
        p => (p.status as { containerStatuses: { state: { waiting?: { reason: string } } }[] }).containerStatuses,
      )
      .flatMap(c => c.state.waiting?.reason ?? []);
    expect(reasons.sort()).toEqual(['CrashLoopBackOff', 'ImagePullBackOff']);
    expect(world.store.get('deployments.apps', 'shop', 'cart')?.spec).toMatchObject({ replicas: 0 });
    expect(world.store.get('resourcequotas', 'shop', 'chaos-quota')?.status).toMatchObject({ used: { pods: '6' } });
  });
});
