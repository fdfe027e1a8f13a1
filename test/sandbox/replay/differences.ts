import { jsonDifferences } from '../../support/json-differences.ts';

/** Where two bodies differ: the path and both values, one line each. */
export const differences = (recorded: unknown, live: unknown, path = ''): string[] =>
  jsonDifferences(recorded, live, { left: 'recorded', right: 'here' }, path);
