import { expect, test } from 'vitest';
import { allAttacks } from './all.ts';

test('no two attacks have one name', async () => {
  const names = (await allAttacks()).map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
});
