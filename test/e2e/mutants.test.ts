import { expect, test } from 'vitest';
import { MUTANTS } from '../torture/mutants.ts';
import { tortured } from '../torture/mutation.ts';

/** The ones that show soonest; `npm run torture -- --mutants` tries all. */
const SOON = [
  'a lost answer counts as a refusal',
  'a write does not wait for its record on the disk',
  'a patch is not bound to what it was decided from',
];

test('the torture itself can fail: it notices a precaution that is gone', async () => {
  const chosen = MUTANTS.filter(({ name }) => SOON.includes(name));
  const noticed = await Promise.all(chosen.map(mutant => tortured(mutant, 250)));
  expect(noticed.map(({ mutant, isNoticed }) => [mutant.name, isNoticed])).toEqual(SOON.map(name => [name, true]));
});
