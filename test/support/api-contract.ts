import { expect, it } from 'vitest';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import type { Api } from '../../src/kube/client/api.ts';
import type { Outcome } from '../../src/kube/client/http/outcome.ts';

const NAMESPACE = 'default';
const map = (
  name: string,
  changes: Partial<KubeObject['metadata']> = {},
  data: Record<string, string> = { a: '1' },
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: NAMESPACE, ...changes },
  data,
});
const ref = (name: string): ObjectRef => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE, name });
const MAPS = { apiVersion: 'v1', kind: 'ConfigMap', namespace: NAMESPACE };

function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`${outcome.reason}: ${outcome.message}`);
  return outcome.value;
}
const reason = (outcome: Outcome<unknown>) => (outcome.ok ? 'ok' : outcome.reason);

/** What the product relies on of an API server, whoever plays it. Each test uses objects of its own names. */
export function apiContract(api: () => Api): void {
  it('gives a new object a uid, a version and a time, and does not make it twice', async () => {
    const made = value(await api().create(map('made')));
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.resourceVersion).toMatch(/^\d+$/);
    expect(Date.parse(made.metadata.creationTimestamp ?? '')).not.toBeNaN();
    expect(reason(await api().create(map('made')))).toBe('already-exists');
  });

  it('says not-found of what is not there, whatever is asked', async () => {
    expect(reason(await api().get(ref('never')))).toBe('not-found');
    expect(reason(await api().patch(ref('never'), 'merge', { data: { a: '2' } }))).toBe('not-found');
    expect(reason(await api().remove(ref('never')))).toBe('not-found');
  });

  it('moves the version on with each change, and refuses a write to an older one', async () => {
    const first = value(await api().create(map('versioned')));
    const second = value(await api().replace({ ...first, data: { a: '2' } }));
    expect(second.metadata.resourceVersion).not.toBe(first.metadata.resourceVersion);
    expect(reason(await api().replace({ ...first, data: { a: '3' } }))).toBe('conflict');
    expect(value(await api().get(ref('versioned'))).data).toEqual({ a: '2' });
  });

  it('merges a merge patch: null takes a member away', async () => {
    value(await api().create(map('merged', {}, { a: '1', b: '2' })));
    value(await api().patch(ref('merged'), 'merge', { data: { a: null, c: '3' } }));
    expect(value(await api().get(ref('merged'))).data).toEqual({ b: '2', c: '3' });
  });

  it('applies a JSON patch as a whole or not at all', async () => {
    const before = value(await api().create(map('patched', {}, { a: '1', b: '2' })));
    const refused = await api().patch(ref('patched'), 'json', [
      { op: 'replace', path: '/data/a', value: '9' },
      { op: 'test', path: '/data/b', value: 'other' },
    ]);
    expect(reason(refused)).toBe('conflict');
    expect(value(await api().get(ref('patched'))).data).toEqual({ a: '1', b: '2' });
    value(
      await api().patch(ref('patched'), 'json', [
        { op: 'test', path: '/metadata/resourceVersion', value: before.metadata.resourceVersion ?? '' },
        { op: 'remove', path: '/data/a' },
      ]),
    );
    expect(value(await api().get(ref('patched'))).data).toEqual({ b: '2' });
  });

  it('deletes only what bears the uid that was named', async () => {
    const made = value(await api().create(map('bound')));
    expect(reason(await api().remove(ref('bound'), { uid: '00000000-0000-4000-8000-00000000ffff' }))).toBe('conflict');
    value(await api().remove(ref('bound'), { uid: made.metadata.uid ?? '' }));
    expect(reason(await api().get(ref('bound')))).toBe('not-found');
  });

  it('keeps what a finalizer holds until the finalizer is gone', async () => {
    value(await api().create(map('held', { finalizers: ['example.com/hold'] })));
    value(await api().remove(ref('held')));
    expect(value(await api().get(ref('held'))).metadata.deletionTimestamp).toBeDefined();
    value(await api().patch(ref('held'), 'merge', { metadata: { finalizers: null } }));
    expect(reason(await api().get(ref('held')))).toBe('not-found');
  });

  it('changes nothing in a dry run', async () => {
    value(await api().create(map('dry-other'), { dryRun: true }));
    expect(reason(await api().get(ref('dry-other')))).toBe('not-found');
    const made = value(await api().create(map('dry')));
    value(await api().patch(ref('dry'), 'merge', { data: { a: '2' } }, { dryRun: true }));
    value(await api().remove(ref('dry'), { dryRun: true }));
    const after = value(await api().get(ref('dry')));
    expect(after.data).toEqual({ a: '1' });
    expect(after.metadata.resourceVersion).toBe(made.metadata.resourceVersion);
  });

  it('lists by label, with or without a value', async () => {
    value(await api().create(map('labelled-x', { labels: { contract: 'x' } })));
    value(await api().create(map('labelled-y', { labels: { contract: 'y' } })));
    const names = async (labelSelector: string) =>
      value(await api().listAll(MAPS, { labelSelector }))
        .items.map(({ metadata }) => metadata.name)
        .sort();
    expect(await names('contract')).toEqual(['labelled-x', 'labelled-y']);
    expect(await names('contract=y')).toEqual(['labelled-y']);
    expect(await names('contract in (x,z)')).toEqual(['labelled-x']);
    expect(await names('contract,contract!=x')).toEqual(['labelled-y']);
  });

  it('gives a new life under an old name another uid', async () => {
    const first = value(await api().create(map('again')));
    value(await api().remove(ref('again')));
    const second = value(await api().create(map('again')));
    expect(second.metadata.uid).not.toBe(first.metadata.uid);
  });

  it('names the kinds it serves', async () => {
    const { resources } = value(await api().discovery());
    expect(resources.find(({ kind, apiVersion }) => kind === 'ConfigMap' && apiVersion === 'v1')).toMatchObject({
      namespaced: true,
      resource: 'configmaps',
    });
  });
}
