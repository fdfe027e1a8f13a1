import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FAULT_TYPES } from '../../src/faults/types.ts';
import { deaths } from './boundaries.ts';
import { HOSTILITIES } from './hostile.ts';
import { MUTANTS } from './mutants.ts';
import { trial } from './trial.ts';
import { TROUBLES } from './weather.ts';
import { stages } from './world.ts';

const all = stages();

test('every type has a stage', () => {
  expect(new Set(all.map(stage => stage.type))).toEqual(new Set(FAULT_TYPES));
});

describe('in bad weather', () => {
  test('nothing is lost and nothing is falsely verified, whatever befalls the requests', async () => {
    const struck = new Set<string>();
    const hostilities = new Set<string | undefined>();
    let injected = 0;
    for (let seed = 1; seed <= 12 * all.length; seed += 1) {
      const stage = all[seed % all.length];
      if (stage === undefined) continue;
      const { lost, falselyVerified, ...more } = await trial(stage, seed);
      expect({ lost, falselyVerified }, `${stage.name}, seed ${seed}`).toEqual({ lost: [], falselyVerified: [] });
      for (const trouble of more.struck.keys()) struck.add(trouble);
      hostilities.add(more.hostility);
      if (more.injected) injected += 1;
    }
    expect(injected).toBeGreaterThan(8 * all.length);
    expect(struck).toEqual(new Set(TROUBLES));
    expect(hostilities).toEqual(new Set([undefined, ...HOSTILITIES]));
  });
});

describe.each(all)('$name, killed at its records and writes', stage => {
  test('is told of by the journal, found, and given back by a fresh process', async () => {
    const died = await deaths(stage, 3);
    expect(died.filter(death => death.lost.length > 0)).toEqual([]);
    expect(died.length).toBeGreaterThan(10);
  });
});

test('each mutant has its one place in the source, and tests that are there', () => {
  const root = new URL('../../', import.meta.url);
  const problems = MUTANTS.flatMap(mutant => {
    const source = readFileSync(new URL(`src/${mutant.file}`, root), 'utf8');
    const places = source.split(mutant.find).length - 1;
    const isThere = mutant.test === undefined || existsSync(new URL(`test/${mutant.test}`, root));
    return places === 1 && isThere
      ? []
      : [`${mutant.name}: ${places} places, its test ${isThere ? 'is' : 'is not'} there`];
  });
  expect(problems).toEqual([]);
});
