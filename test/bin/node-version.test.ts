import { expect, it } from 'vitest';
import { isNewEnough } from '../../src/bin/node-version.ts';

it.each([
  ['v18.20.0', false],
  ['v20.20.2', false],
  ['v22.18.9', false],
  ['v22.19.0', true],
  ['v23.0.0', true],
  ['24.21.0', true],
  ['', false],
  ['not a version', false],
])('%s is new enough: %s', (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});
