import { expect, it } from 'vitest';
import { settleOptionalValues } from '../../src/cli/globals.ts';

it.each([
  [
    ['run', '--sandbox', 'file.yaml'],
    ['run', '--sandbox=healthy', 'file.yaml'],
  ],
  [
    ['--sandbox=crd-wiped', 'scan'],
    ['--sandbox=crd-wiped', 'scan'],
  ],
  [
    ['run', '--', '--sandbox'],
    ['run', '--', '--sandbox'],
  ],
  [[], []],
])('a bare --sandbox never swallows the next word: %j', (argv, expected) => {
  expect(settleOptionalValues(argv)).toEqual(expected);
});
