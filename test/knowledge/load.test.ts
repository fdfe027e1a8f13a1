import { describe, expect, it } from 'vitest';
import { loadKnowledge } from '../../src/knowledge/load.ts';

const MODEL = `
operator:
  name: gateway
  namespace: gateway-system
  olmChannel: stable
components:
  - name: controller
    controller: Gateway
    managedResources:
      - apiVersion: apps/v1
        kind: Deployment
        name: controller
        labels: {app: gateway}
        ownerRef: Gateway
        expectedSpec: {replicas: 1, paused: no, strategy: {type: Recreate}}
    dependencies: [kserve]
    webhooks: [{name: v.gateway.io, type: validating, path: /validate}]
    finalizers: [gateway.io/cleanup]
    steadyState:
      checks:
        - {type: conditionTrue, apiVersion: apps/v1, kind: Deployment, name: controller, conditionType: Available}
        - {type: replicaCount, kind: Deployment, name: controller, expectedReplicas: 1}
      timeout: 60s
recovery: {reconcileTimeout: 300s, maxReconcileCycles: 10}
`;
const wrong = (change: (text: string) => string): string[] => {
  const loading = loadKnowledge(change(MODEL), 'x.yaml');
  if (loading.ok) return loading.doubts.map(({ path, message, line }) => `doubt ${line ?? ''} ${path}: ${message}`);
  return loading.errors.map(({ path, message, line }) => `error ${line ?? ''} ${path}: ${message}`);
};

describe('a knowledge model', () => {
  it('is read whole; what a dependency names may be another operator', () => {
    const loading = loadKnowledge(MODEL, 'x.yaml');
    expect(loading).toMatchObject({
      ok: true,
      knowledge: {
        operator: { name: 'gateway', namespace: 'gateway-system' },
        reconcileTimeoutMs: 300_000,
        components: [
          {
            name: 'controller',
            managedResources: [
              {
                kind: 'Deployment',
                labels: { app: 'gateway' },
                ownerRef: 'Gateway',
                // YAML 1.1, as the framework's loader reads it.
                expectedSpec: { replicas: 1, paused: false, strategy: { type: 'Recreate' } },
              },
            ],
            dependencies: ['kserve'],
          },
        ],
      },
    });
    expect(wrong(text => text)).toEqual([
      'doubt 16 components[0].dependencies[0]: "kserve" is no component of this operator; it is looked for among the other operators',
    ]);
  });

  it.each([
    [
      'an unknown field',
      'olmChannel:',
      'olmChanel:',
      'error 5 operator.olmChanel: unknown field (did you mean olmChannel?)',
    ],
    ['a field given twice', 'finalizers:', 'dependencies:', 'error 16 components[0].dependencies: given twice'],
    [
      'a duration without unit',
      'timeout: 60s',
      'timeout: 60',
      'error 23 components[0].steadyState.timeout: expected a duration such as "90s", "1m30s" or "500ms", found the number 60',
    ],
    [
      'a list where fields belong',
      'operator:\n',
      'operator: []\nrest:\n',
      'error 2 operator: expected fields, found a list',
    ],
  ])('is refused for %s', (_, from, to, problem) => {
    expect(wrong(text => text.replace(from, to))).toContain(problem);
  });

  it.each([
    ['  name: gateway\n', '', 'operator.name: required, and missing'],
    [
      'type: validating',
      'type: watching',
      'components[0].webhooks[0].type: expected validating or mutating, found "watching"',
    ],
    ['[kserve]', '[controller]', 'components[0].dependencies[0]: a component cannot depend on itself'],
    ['maxReconcileCycles: 10', 'maxReconcileCycles: 0', 'recovery.maxReconcileCycles: expected more than 0, found 0'],
    ['controller: Gateway', "controller: ''", 'components[0].controller: required, and missing'],
  ])('without %j is used all the same, and its doubts are said', (from, to, problem) => {
    const loading = loadKnowledge(MODEL.replace(from, to), 'x.yaml');
    expect(loading.ok).toBe(true);
    expect(wrong(text => text.replace(from, to)).join('\n')).toContain(problem);
  });

  it('is no model when the file is empty or holds two', () => {
    expect(wrong(() => '')).toEqual(["error 1 : expected an operator's knowledge model, found an empty document"]);
    expect(wrong(text => `${text}---${text}`)).toEqual([
      expect.stringContaining('put each model into a file of its own'),
    ]);
  });
});
