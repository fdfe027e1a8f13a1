import { describe, expect, it } from 'vitest';
import { joined, mapOperations, remove, set } from '../../src/k8s/json-patch.ts';

const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' } };
const LABELS = ['metadata', 'labels'];

describe('two lists of operations in one patch', () => {
  it('both keep what they set in a map that the object does not have', () => {
    const first = mapOperations(bare, LABELS, { set: { mark: 'x' } });
    const second = mapOperations(bare, LABELS, { set: { 'app/name': 'web' } });
    expect(joined(first, second)).toEqual([
      set('/metadata/labels', { mark: 'x' }),
      set('/metadata/labels/app~1name', 'web'),
    ]);
  });

  it('stay as they are where neither makes what the other does', () => {
    const first = [set('/metadata/annotations/a', '1')];
    const second = [set('/data', { key: 'value' }), remove('/metadata/labels/x'), set('/spec/list', [1])];
    expect(joined(first, second)).toEqual([...first, ...second]);
  });
});
