import fc from 'fast-check';
import { test } from 'vitest';
import { discoveryNeverThrows, nothingStopsTheRest, readersNeverThrow } from './readers.ts';

test('no text or object from a cluster breaks its readers', () => {
  for (const check of readersNeverThrow()) check({ numRuns: 400 });
});

test('no discovery document breaks discovery', () => fc.assert(discoveryNeverThrows(), { numRuns: 300 }));

test('nothing planted in a cluster stops the rest from being put back', () =>
  fc.assert(nothingStopsTheRest(), { numRuns: 300 }));
