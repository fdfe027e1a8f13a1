import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../../scripts/docs/schemas/config.ts';
import { experimentSchema } from '../../scripts/docs/schemas/experiment.ts';
import { loadExperiment } from '../../src/experiment/load.ts';
import { gameDayJsonSchema } from '../../src/gameday/plan/json-schema.ts';
import { planTemplate } from '../../src/gameday/plan/template.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ajv = new Ajv2020({
  allowUnionTypes: true,
  allErrors: true,
  strictRequired: false,
  strictTypes: false,
  validateFormats: false,
});
const judge = (schema: Record<string, unknown>) => {
  const check = ajv.compile(schema);
  return (document: unknown): string[] =>
    check(document) ? [] : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};
const experiment = judge(experimentSchema());
const config = judge(configSchema());
// Its draft is older than that of the others, for editors that know no newer one.
const gameDay = judge({ ...gameDayJsonSchema(), $schema: 'https://json-schema.org/draft/2020-12/schema' });
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
    ['what is no duration', { spec: { injection: { ttl: 'soon' } } }, '/spec/injection/ttl must match pattern'],
    ['a tier too high', { spec: { tier: 7 } }, '/spec/tier must be <= 6'],
  ])('refuses %s', (_, change, problem) => {
    expect(experiment(merged(read('experiments/kserve/main-controller-kill.yaml'), change)).join('; ')).toContain(
      problem,
    );
  });

  it('wants the parameters that the type needs', () => {
    const document = read('experiments/kserve/image-corrupt.yaml');
    document.spec.injection.parameters = {};
    expect(experiment(document)).toContain("/spec/injection/parameters must have required property 'name'");
  });
});

describe('the schema of a game-day', () => {
  const path = 'experiments/gamedays/ai-platform-operators.yaml';

  it('takes the plan that comes with the program, and the one that `gameday new` writes', () => {
    expect(gameDay(read(path))).toEqual([]);
    expect(gameDay(parse(planTemplate('autumn', 'Ana', 'game-day.schema.json')))).toEqual([]);
  });

  it.each([
    ['a field that there is not', { spec: { agendaa: [] } }, 'must NOT have additional properties'],
    ['no scenario', { spec: { agenda: [] } }, '/spec/agenda must NOT have fewer than 1 items'],
    ['what is no duration', { spec: { abort: { timeBox: 'soon' } } }, '/spec/abort/timeBox must match pattern'],
    ['a freeze without a moment', { spec: { freeze: [{ from: 'today', to: 'x', why: 'y' }] } }, 'must match pattern'],
  ])('refuses %s', (_, change, problem) => {
    expect(gameDay(merged(read(path), change)).join('; ')).toContain(problem);
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
    const isMap = [value, old].every(one => one !== null && typeof one === 'object' && !Array.isArray(one));
    return [name, isMap ? merged(old as Record<string, unknown>, value as Record<string, unknown>) : value];
  });
  return { ...into, ...Object.fromEntries(pairs) };
}
