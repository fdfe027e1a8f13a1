import type { Facts } from '../../src/faults/contract.ts';

/** Facts of an injection that tests make: fixed times, and a random number that is always 0. */
export function testFacts(more: Partial<Facts> = {}): Facts {
  return {
    id: 'i-0001',
    run: 'r-0001',
    experiment: 'an-experiment',
    by: 'tester',
    host: 'laptop',
    at: Date.UTC(2026, 10, 21, 12),
    expires: Date.UTC(2026, 10, 21, 12, 5),
    random: () => 0,
    ...more,
  };
}
