import { describe, expect, test } from 'vitest';
import { viewOf } from '../../support/view.ts';

const pod = (name: string, labels: Record<string, string>, more: Record<string, unknown> = {}) => ({
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels },
  spec: {
    nodeName: 'n1',
    containers: [{ name: 'web', image: 'web:1', env: [{ name: 'PASSWORD', value: 'hunter2' }] }],
  },
  ...more,
});

describe('a view of literal objects', () => {
  test('finds objects by name, uid, namespace and owner', () => {
    const view = viewOf([
      { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } },
      {
        kind: 'ReplicaSet',
        metadata: {
          name: 'web-1',
          namespace: 'shop',
          ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
        },
      },
      {
        kind: 'Pod',
        metadata: {
          name: 'web-1-a',
          namespace: 'shop',
          ownerReferences: [{ kind: 'ReplicaSet', name: 'web-1', controller: true }],
        },
      },
    ]);
    const found = view.get('Pod', 'shop', 'web-1-a');
    expect(found?.metadata.name).toBe('web-1-a');
    expect(view.byUid(found?.metadata.uid ?? '')).toBe(found);
    expect(view.inNamespace('Pod', 'shop')).toEqual([found]);
    expect(view.inNamespace('Pod', 'other')).toEqual([]);
    expect(found && view.ownersOf(found).map(({ kind }) => kind)).toEqual(['ReplicaSet', 'Deployment']);
    expect(view.ownedBy('Deployment/shop/web').map(({ metadata }) => metadata.name)).toEqual(['web-1']);
  });

  test('matches pods by the selectors of services and by label selectors', () => {
    const view = viewOf([pod('a', { app: 'web', tier: 'front' }), pod('b', { app: 'web' }), pod('c', { app: 'db' })]);
    const names = (selector: Record<string, unknown>) =>
      view.podsMatching('shop', selector).map(({ metadata }) => metadata.name);
    expect(names({ app: 'web' })).toEqual(['a', 'b']);
    expect(names({ matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] })).toEqual([
      'a',
    ]);
    expect(names({ matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] })).toEqual(['b', 'c']);
    expect(names({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] })).toEqual(['c']);
    expect(names({ matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] })).toHaveLength(3);
    expect(names({})).toHaveLength(3);
    expect(names({ app: 'wbe' })).toEqual([]);
    expect(view.podsMatching('elsewhere', { app: 'web' })).toEqual([]);
  });

  test('keeps neither the values of ConfigMaps nor of environment variables', () => {
    const view = viewOf([
      pod('a', { app: 'web' }),
      { kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop' }, data: { 'app.yaml': 'secret: hunter2' } },
    ]);
    const everything = JSON.stringify([...view.all('Pod'), ...view.all('ConfigMap')]);
    expect(everything).not.toContain('hunter2');
    expect(everything).toContain('PASSWORD');
    expect(view.get('ConfigMap', 'shop', 'settings')?.data).toEqual({ 'app.yaml': 15 });
  });

  test('pods of one template share their containers, whatever their token volume is called', () => {
    const spec = (token: string, nodeName: string) => ({
      nodeName,
      volumes: [{ name: `kube-api-access-${token}`, projected: {} }],
      containers: [
        { name: 'web', image: 'web:1', volumeMounts: [{ name: `kube-api-access-${token}`, mountPath: '/t' }] },
      ],
    });
    const view = viewOf([pod('a', {}, { spec: spec('abcde', 'n1') }), pod('b', {}, { spec: spec('fghij', 'n2') })]);
    const [a, b] = [view.get('Pod', 'shop', 'a'), view.get('Pod', 'shop', 'b')];
    expect(a?.spec.containers).toBe(b?.spec.containers);
    expect(a?.spec.containers).toEqual([{ name: 'web', image: 'web:1', volumeMounts: [] }]);
    expect([a?.spec.nodeName, b?.spec.nodeName]).toEqual(['n1', 'n2']);
  });

  test('text of the cluster is sanitised, also in keys, and a key that would change prototypes is left out', () => {
    const hostile = JSON.parse('{"a\\u001b[31m": "b\\u001b]0;x\\u0007c", "__proto__": {"polluted": true}}');
    const view = viewOf([{ kind: 'Service', metadata: { name: 's', namespace: 'shop' }, spec: { selector: hostile } }]);
    const selector = view.get('Service', 'shop', 's')?.spec.selector as Record<string, unknown>;
    expect(selector).toEqual({ a: 'bc' });
    expect(selector.polluted).toBeUndefined();
  });

  test('counts the repetitions of a warning together and dates it by the first', () => {
    const event = (name: string, count: number, first: string, last: string) => ({
      kind: 'Event',
      metadata: { name, namespace: 'shop' },
      type: 'Warning',
      reason: 'FailedCreate',
      message: 'exceeded quota: small',
      involvedObject: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' },
      count,
      firstTimestamp: first,
      lastTimestamp: last,
    });
    const now = Date.parse('2026-01-01T12:00:00Z');
    const view = viewOf(
      [
        event('b', 2, '2026-01-01T11:30:00Z', '2026-01-01T11:40:00Z'),
        event('a', 3, '2026-01-01T10:30:00Z', '2026-01-01T11:20:00Z'),
        { ...event('n', 1, '2026-01-01T11:30:00Z', '2026-01-01T11:30:00Z'), type: 'Normal' },
      ],
      { now },
    );
    expect(view.eventsAbout({ kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' })).toEqual([
      {
        about: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' },
        reason: 'FailedCreate',
        message: 'exceeded quota: small',
        count: 5,
        // Older than what an API server remembers: there may have been earlier ones.
        first: { at: Date.parse('2026-01-01T10:30:00Z'), exact: false },
        last: Date.parse('2026-01-01T11:40:00Z'),
      },
    ]);
  });

  test('says what it is blind to and what the cluster does not serve', () => {
    const view = viewOf([pod('a', {})], { blind: { Pod: 'forbidden' }, served: ['Application'] });
    expect(view.sync('Pod')).toEqual({ state: 'blind', reason: 'forbidden' });
    expect(view.count('Pod')).toBe(0);
    expect(view.sync('Application')).toEqual({ state: 'live' });
    expect(view.serves('ClusterPolicy')).toBe(false);
    expect(view.sync('ClusterPolicy')).toEqual({ state: 'blind', reason: 'not served' });
  });

  test('knows the injection that an object tells of, without the undo record itself', () => {
    const view = viewOf([
      {
        kind: 'ConfigMap',
        metadata: {
          name: 'settings',
          namespace: 'shop',
          labels: { 'chaos.operatorchaos.io/type': 'ConfigDrift' },
          annotations: { 'chaos.operatorchaos.io/rollback-data': '{"data":"hunter2"}' },
        },
      },
    ]);
    const found = view.get('ConfigMap', 'shop', 'settings');
    expect(found?.marker?.type).toBe('ConfigDrift');
    expect(JSON.stringify(found)).not.toContain('hunter2');
    expect(found?.metadata.annotations).toHaveProperty(['chaos.operatorchaos.io/rollback-data']);
  });
});
