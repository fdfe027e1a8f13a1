import { expect, test } from 'vitest';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import type { Unfinished } from '../../src/records/unfinished.ts';
import { unmarkedIn, unmarkedSays } from '../../src/records/unfinished-lines.ts';

const ref = (namespace: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'config' });
const dead = (run: string, namespace: string): Unfinished => ({
  run,
  header: {} as Unfinished['header'],
  type: 'ConfigDrift',
  written: [ref(namespace)],
  unmarked: [
    {
      id: `ConfigDrift:${namespace}/ConfigMap/config`,
      type: 'ConfigDrift',
      object: ref(namespace),
      says: `the marks were taken off ConfigMap ${namespace}/config`,
    },
  ],
});
const both = [dead('1', 'shop'), dead('2', 'bank')];

test('what dead runs left without marks is told for one namespace, or for all', () => {
  expect(unmarkedIn(both, undefined)).toHaveLength(2);
  expect(unmarkedIn(both, 'shop').map(unmarkedSays)).toEqual([
    'run 1 died: the marks were taken off ConfigMap shop/config',
  ]);
  expect(unmarkedIn(both, 'elsewhere')).toEqual([]);
});

test('an injection whose backup was just proven restored is not told again by its other object', () => {
  const backup = { ...ref('shop'), kind: 'Secret', name: 'chaos-rollback-config' };
  const receipt = { type: 'ConfigDrift', object: backup, verified: true } as Receipt;
  expect(unmarkedIn([{ ...dead('1', 'shop'), written: [ref('shop'), backup] }], undefined, [receipt])).toEqual([]);
});

test('what was just read back as restored is not told again, what failed is', () => {
  const receipt = (verified: boolean) => ({ type: 'ConfigDrift', object: ref('shop'), verified }) as Receipt;
  expect(unmarkedIn(both, 'shop', [receipt(true)])).toEqual([]);
  expect(unmarkedIn(both, 'shop', [receipt(false)])).toHaveLength(1);
  expect(unmarkedIn(both, undefined, [receipt(true)]).map(unmarkedSays)).toEqual([
    'run 2 died: the marks were taken off ConfigMap bank/config',
  ]);
});

test('a receipt of another injection into the same object proves nothing of what lost its marks', () => {
  const other = { type: 'LabelStomping', object: ref('shop'), verified: true } as Receipt;
  expect(unmarkedIn(both, 'shop', [other])).toHaveLength(1);
});
