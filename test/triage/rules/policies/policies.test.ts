import { describe, expect, test } from 'vitest';
import { policyBroken, policyParams } from '../../../../src/triage/rules/policies/admission-policy.ts';
import { policyUnenforced } from '../../../../src/triage/rules/policies/enforcement.ts';
import type { Literal } from '../../../support/view.ts';
import { commandsOf, findings } from '../findings.ts';

const policy: Literal = {
  kind: 'ValidatingAdmissionPolicy',
  metadata: { name: 'limits' },
  spec: { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
};
const binding = (policyName = 'limits', parameterNotFoundAction = 'Deny'): Literal => ({
  kind: 'ValidatingAdmissionPolicyBinding',
  metadata: { name: 'limits-shop' },
  spec: {
    policyName,
    validationActions: ['Deny'],
    paramRef: { name: 'limits', namespace: 'shop', parameterNotFoundAction },
  },
});
const params: Literal = { kind: 'ConfigMap', metadata: { name: 'limits', namespace: 'shop' } };

describe('policies/params-missing', () => {
  test('params that are gone deny everything', () => {
    const [found] = findings(policyParams, [policy, binding()]);
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'ValidatingAdmissionPolicyBinding', name: 'limits-shop' },
      summary:
        'the params of admission policy limits are not found (ConfigMap shop/limits): every request in its scope is denied',
    });
    expect(commandsOf(found as never)[1]).toContain('"parameterNotFoundAction":"Allow"');
  });
  test('with Allow nothing is denied; with the params there is nothing to say; what may not be read proves nothing', () => {
    expect(findings(policyParams, [policy, binding('limits', 'Allow')])[0]?.severity).toBe('warn');
    expect(findings(policyParams, [policy, binding()], { whole: { 'ConfigMap/shop/limits': params } })).toEqual([]);
    expect(findings(policyParams, [policy, binding()], { forbidden: ['ConfigMap/shop/limits'] })).toEqual([]);
  });
});

test('policies/broken: a binding to no policy names the one that it nearly names', () => {
  expect(findings(policyBroken, [policy, binding('limit')])[0]).toMatchObject({
    severity: 'warn',
    cause: 'There is a policy limits.',
  });
  expect(findings(policyBroken, [policy, binding()])).toEqual([]);
});

describe('policies/unenforced', () => {
  const enforcing: Literal = {
    kind: 'ClusterPolicy',
    metadata: { name: 'require-labels' },
    spec: { validationFailureAction: 'Enforce' },
  };
  const hooks: Literal = {
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'kyverno-resource-validating-webhook-cfg' },
    webhooks: [],
  };
  const report: Literal = {
    kind: 'PolicyReport',
    metadata: { name: 'r', namespace: 'shop' },
    results: [{ policy: 'require-labels', result: 'fail' }],
  };
  test('a policy without a webhook, and objects that it would have refused', () => {
    expect(findings(policyUnenforced, [enforcing, report])[0]).toMatchObject({ severity: 'high' });
    expect(findings(policyUnenforced, [enforcing])[0]).toMatchObject({ severity: 'warn' });
    expect(findings(policyUnenforced, [enforcing, report, hooks])[0]?.severity).toBe('warn');
    expect(findings(policyUnenforced, [enforcing, hooks])).toEqual([]);
    expect(findings(policyUnenforced, [{ ...enforcing, spec: { validationFailureAction: 'Audit' } }, report])).toEqual(
      [],
    );
  });
});
