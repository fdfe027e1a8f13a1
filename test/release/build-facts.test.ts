import { expect, it } from 'vitest';
import { buildFacts, type Git } from '../../scripts/build-facts.ts';

const answers =
  (given: Record<string, string>): Git =>
  command =>
    given[command];

it('names the commit and when it was made, and says when files differ from it', () => {
  const clean = { 'rev-parse': 'abc', log: '2026-01-02T03:04:05Z', status: '' };
  expect(buildFacts('1.2.3', {}, answers(clean))).toEqual({ version: '1.2.3', commit: 'abc', built: clean.log });
  expect(buildFacts('1.2.3', {}, answers({ ...clean, status: ' M src/x.ts' })).commit).toBe('abc-changed');
});

it('takes the commit from the environment where the source is no git checkout, and names none where nobody says it', () => {
  const none = () => undefined;
  const env = { MAYDAY_COMMIT: 'abc', MAYDAY_BUILT: '2026-01-02T03:04:05Z' };
  expect(buildFacts('1.2.3', env, none)).toEqual({ version: '1.2.3', commit: 'abc', built: env.MAYDAY_BUILT });
  expect(buildFacts('1.2.3', {}, none)).toEqual({ version: '1.2.3' });
  // A build argument that was not given arrives as an empty text.
  expect(buildFacts('1.2.3', { MAYDAY_COMMIT: '', MAYDAY_BUILT: '' }, none)).toEqual({ version: '1.2.3' });
});
