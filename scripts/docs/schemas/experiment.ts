import { EXPERIMENT } from '../../../src/experiment/document-shape.ts';
import { CHECK_TYPES } from '../../../src/experiment/types.ts';
import type { Shape } from '../../../src/experiment/yaml/shape.ts';
import { FAULT_RULES, FAULT_TYPES, type FaultType } from '../../../src/faults/types.ts';
import { DURATION_PATTERN } from '../../../src/text/duration.ts';

type Schema = Record<string, unknown>;

/** A plain scalar of YAML is read as text, as the framework's parser does. */
const TEXT: Schema = { type: ['string', 'number', 'boolean'] };
const DURATION: Schema = {
  type: 'string',
  description: 'A duration such as 30s or 2m30s.',
  pattern: DURATION_PATTERN,
};

/** What an editor shows and offers at a path of the document, beside its shape. */
const SAID: Readonly<Record<string, Schema>> = {
  apiVersion: { const: 'chaos.operatorchaos.io/v1alpha1' },
  kind: { const: 'ChaosExperiment' },
  'spec.tier': {
    minimum: 0,
    maximum: 6,
    description: 'How far the fault reaches: 1 a pod, 6 the most. A suite runs low tiers first.',
  },
  'spec.target.operator': { description: 'Whose component it is. Runs against the same operator wait for each other.' },
  'spec.target.resource': { description: 'Kind/name of what is looked at, for people; the parameters decide.' },
  'spec.steadyState.checks': { description: 'What must hold before, and hold again after.' },
  'spec.steadyState.checks[].type': { enum: CHECK_TYPES },
  'spec.injection.type': { enum: FAULT_TYPES },
  'spec.injection.dangerLevel': { enum: ['low', 'medium', 'high'] },
  'spec.injection.count': { minimum: 0, description: 'How many pods, where the type takes several.' },
  'spec.injection.ttl': { description: 'When the fault is taken out whatever else happens; at most 1h.' },
  'spec.hypothesis.description': { minLength: 1, description: 'What is expected to happen, and what must not.' },
  'spec.hypothesis.recoveryTimeout': {
    description: 'How long recovery may take; at most 1h, 60s where it is left out.',
  },
  'spec.blastRadius.maxPodsAffected': {
    minimum: 1,
    description: 'More pods in reach than this, and nothing is injected.',
  },
  'spec.blastRadius.allowedNamespaces': {
    description: 'Where the fault may write. Left out for faults on cluster-wide objects.',
  },
  'spec.blastRadius.allowDangerous': { description: 'Must be true with dangerLevel high.' },
};

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  '': ['apiVersion', 'kind', 'metadata', 'spec'],
  metadata: ['name'],
  spec: ['target', 'injection', 'hypothesis', 'blastRadius'],
  'spec.target': ['operator', 'component'],
  'spec.steadyState.checks[]': ['type', 'kind', 'name'],
  'spec.injection': ['type'],
  'spec.hypothesis': ['description'],
  'spec.blastRadius': ['maxPodsAffected'],
};

function schemaOf(shape: Shape, path: string): Schema {
  const required = REQUIRED[path];
  return { ...bare(shape, path), ...(required && { required }), ...SAID[path] };
}

function bare(shape: Shape, path: string): Schema {
  switch (shape.is) {
    case 'text':
      return TEXT;
    case 'texts':
      return { type: 'object', additionalProperties: TEXT };
    case 'int32':
      return { type: 'integer' };
    case 'boolean':
      return { type: 'boolean' };
    case 'duration':
      return DURATION;
    case 'list':
      return { type: 'array', items: schemaOf(shape.of, `${path}[]`) };
    case 'fields':
      return {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries(shape.fields).map(([name, of]) => [
            name,
            schemaOf(of, path === '' ? name : `${path}.${name}`),
          ]),
        ),
      };
    case 'json':
    case 'any':
      return {};
  }
}

/** The parameters that one type takes: an editor offers these and no others. */
function parametersOf(type: FaultType): Schema {
  const { parameters, ignored = {} } = FAULT_RULES[type];
  const required = Object.entries(parameters).flatMap(([name, rule]) => (rule.required === true ? [name] : []));
  const names = [...Object.keys(parameters), ...Object.keys(ignored)];
  return {
    if: { properties: { type: { const: type } }, required: ['type'] },
    // biome-ignore lint/suspicious/noThenProperty: the word of JSON Schema
    then: {
      properties: {
        parameters: {
          type: 'object',
          properties: Object.fromEntries(names.map(name => [name, TEXT])),
          additionalProperties: false,
          ...(required.length > 0 && { required }),
        },
      },
      ...(required.length > 0 && { required: ['parameters'] }),
    },
  };
}

/** JSON Schema of a ChaosExperiment file, for editors. `mayday validate` checks more: names, selectors, what excludes each other. */
export function experimentSchema(): Schema {
  const schema = schemaOf(EXPERIMENT, '') as { properties: { spec: { properties: { injection: Schema } } } };
  schema.properties.spec.properties.injection.allOf = FAULT_TYPES.map(parametersOf);
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'ChaosExperiment', ...schema };
}
