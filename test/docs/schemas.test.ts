import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../scripts/docs/schemas/config.ts';
import { experimentSchema } from '../../scripts/docs/schemas/experiment.ts';
import { loadExperiment } from '../../src/experiment/load.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ajv = new Ajv2020({ allowUnionTypes: true, allErrors: true, strictRequired: false, strictTypes: false });
const judge = (schema: Record<string, unknown>) => {
  const check = ajv.compile(schema);
  return (document: unknown): string[] =>
    check(document) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};
const experiment = judge(experimentSchema());
const config = judge(configSchema());
const FILES = globSync(['experiments/*/*.yaml', 'test/fixtures/**/*.experiment.yaml'], { cwd: ROOT });
const text = (path: string) => readFileSync(`${ROOT}${path}`, 'utf8');
const read = (path: string) => parse(text(path));

describe('the schema of a ChaosExperiment, for editors', () => {
  it('takes every experiment that the program takes', () => {
    const taken = FILES.filter(path => loadExperiment(text(path), path).ok);
    expect(taken.length).toBeGreaterThan(40);
    expect(taken.flatMap(path => experiment(read(path)).map(problem => `${path}: ${problem}`))).toEqual([]);
  });

  it.each([
    ['a field that there is not', { spec: { teir: 1 } }, '/spec must NOT have additional properties'],
    [
      'a type that there is not',
      { spec: { injection: { type: 'PodKil' } } },
      '/spec/injection/type must be equal to one of the allowed values',
    ],
    [
      'a parameter of another type',
      { spec: { injection: { parameters: { labelSelector: 'a=b', image: 'x' } } } },
      '/spec/injection/parameters must NOT have additional properties',
    ],
    ['a tier too high', { spec: { tier: 7 } }, '/spec/tier must be <= 6'],
  ])('refuses %s', (_, change, problem) => {
    expect(experiment(merged(read('experiments/kserve/main-controller-kill.yaml'), change))).toContain(problem);
  });

  it('wants the parameters that the type needs', () => {
    const document = read('experiments/kserve/image-corrupt.yaml');
    document.spec.injection.parameters = {};
    expect(experiment(document)).toContain("/spec/injection/parameters must have required property 'name'");
  });
});

it('has a schema of the configuration that takes what the program takes', () => {
  expect(config({})).toEqual([]);
  expect(config({ protected: ['prod-*'], readOnly: true, guardian: 'at-once' })).toEqual([]);
  expect(config({ protectd: [] })).toEqual([' must NOT have additional properties']);
});

function merged(into: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const pairs = Object.entries(change).map(([name, value]) => {
    const old = into[name];
    const isMap = value !== null && typeof value === 'object' && old !== null && typeof old === 'object';
    return [name, isMap ? merged(old as Record<string, unknown>, value as Record<string, unknown>) : value];
  });
  return { ...into, ...Object.fromEntries(pairs) };
}
