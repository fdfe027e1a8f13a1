import { describe, expect, it } from 'vitest';
import { policyBroken, policyParams } from '../../../../src/triage/rules/policies/admission-policy.ts';
import { policyFailing } from '../../../../src/triage/rules/policies/failing.ts';
import { unschedulable } from '../../../../src/triage/rules/scheduling/unschedulable.ts';
import { podsRefused } from '../../../../src/triage/rules/workloads/pods-refused.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { unplaced } from '../objects.ts';

const policy = (spec: object = {}, kind = 'MutatingAdmissionPolicy'): Literal => ({
  kind,
  metadata: { name: 'defaults', creationTimestamp: ago(60) },
  spec: { failurePolicy: 'Fail', paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...spec },
});
const binding = (spec: object = {}): Literal => ({
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: { name: 'defaults' },
  spec: {
    policyName: 'defaults',
    paramRef: { name: 'defaults', namespace: 'shop', parameterNotFoundAction: 'Deny' },
    ...spec,
  },
});
const refused = (words: string): Literal => ({
  kind: 'ReplicaSet',
  metadata: { name: 'web-5d9', namespace: 'shop' },
  spec: { replicas: 2 },
  status: {
    replicas: 1,
    conditions: [
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: `pods "web-5d9-" is forbidden: ${words}`,
        lastTransitionTime: ago(9),
      },
    ],
  },
});
const error = (kind: string) =>
  `${kind} 'defaults' with binding 'defaults' denied request: expression 'object.metadata.annotations["team"]' resulted in error: no such key: annotations`;

describe('a policy of the API server itself that changes what is written', () => {
  it('is the root where its expression fails, and the pods that it refuses follow', () => {
    const [found] = findings(policyFailing, [policy(), refused(error('policy'))]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'MutatingAdmissionPolicy', name: 'defaults' } });
    expect(found?.summary).toContain('the policy denies requests that it should only change: no such key: annotations');
    expect(found?.fixes.map(({ command }) => command).join('\n')).toContain('"failurePolicy":"Ignore"');
    const [pods] = findings(podsRefused, [policy(), refused(error('policy'))]);
    expect(pods?.because).toContainEqual({ kind: 'MutatingAdmissionPolicy', name: 'defaults' });
  });
  it('is not taken for the one of the same name that only checks', () => {
    const both = [policy(), policy({}, 'ValidatingAdmissionPolicy')];
    const kindOf = (words: string) =>
      findings(policyFailing, [...both, refused(words)]).map(({ object }) => object.kind);
    expect(kindOf(error('policy'))).toEqual(['MutatingAdmissionPolicy']);
    expect(kindOf(error('ValidatingAdmissionPolicy'))).toEqual(['ValidatingAdmissionPolicy']);
  });
  it('says nothing where a policy denies what it was made to deny', () => {
    const denied = `ValidatingAdmissionPolicy 'defaults' with binding 'defaults' denied request: images must have a fixed tag`;
    expect(findings(policyFailing, [policy({}, 'ValidatingAdmissionPolicy'), refused(denied)])).toEqual([]);
  });
  it('denies everything where its params are gone, unless its failurePolicy lets pass', () => {
    expect(findings(policyParams, [policy(), binding()])[0]?.severity).toBe('high');
    expect(findings(policyParams, [policy({ failurePolicy: 'Ignore' }), binding()])[0]?.severity).toBe('warn');
  });
  it('changes nothing where its binding names no policy', () => {
    expect(findings(policyBroken, [policy(), binding({ policyName: 'default' })])[0]).toMatchObject({
      severity: 'warn',
      cause: 'There is a policy defaults.',
    });
  });
});

describe('what admission adds to pods', () => {
  const template = { spec: { containers: [{ name: 'web', image: 'web:1' }] } };
  const set: Literal = {
    kind: 'ReplicaSet',
    metadata: { name: 'web-5d9', namespace: 'shop', uid: 'set' },
    spec: { replicas: 1, template },
    status: { replicas: 1 },
  };
  const pending = (nodeSelector: object): Literal => ({
    kind: 'Pod',
    metadata: {
      name: 'web-5d9-a',
      namespace: 'shop',
      creationTimestamp: ago(9),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d9', uid: 'set', controller: true }],
    },
    spec: { ...template.spec, nodeSelector },
    status: unplaced("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."),
  });
  const node: Literal = { kind: 'Node', metadata: { name: 'node-1', labels: { os: 'linux' } }, spec: {}, status: {} };
  const placing = policy({
    matchConstraints: { resourceRules: [{ resources: ['pods'], operations: ['CREATE'] }] },
    mutations: [{ jsonPatch: { expression: '[JSONPatch{path: "/spec/nodeSelector", value: {"pool": "shop"}}]' } }],
  });

  it('is told of where the template does not ask for it, with who sets it', () => {
    const [found] = findings(unschedulable, [set, pending({ pool: 'shop' }), node, placing, binding()]);
    expect(found?.cause).toContain('The pod template does not contain that: MutatingAdmissionPolicy defaults sets it');
    expect(found?.fixes[0]?.command).toContain('mutatingadmissionpolicy/defaults');
  });
  it('is told of a LimitRange whose default is more than any node has', () => {
    const range: Literal = {
      kind: 'LimitRange',
      metadata: { name: 'defaults', namespace: 'shop' },
      spec: { limits: [{ type: 'Container', defaultRequest: { memory: '800Gi' } }] },
    };
    const big = { ...node, status: { allocatable: { memory: '16Gi' } } };
    const made = (annotations: Record<string, string>): Literal => {
      const one = pending({});
      const [scheduled] = (one.status as { conditions: object[] }).conditions;
      return {
        ...one,
        metadata: { ...one.metadata, annotations },
        spec: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { memory: '800Gi' } } }] },
        status: {
          phase: 'Pending',
          conditions: [{ ...scheduled, message: '0/1 nodes are available: 1 Insufficient memory.' }],
        },
      };
    };
    const ranger = { 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: memory request for container web' };
    const [found] = findings(unschedulable, [set, made(ranger), big, range]);
    expect(found?.cause).toContain('The pod template sets no request: LimitRange defaults sets its default');
    expect(found?.fixes[0]?.command).toContain('edit limitrange/defaults -n shop');
    expect(findings(unschedulable, [set, made({}), big, range])[0]?.cause).not.toContain('LimitRange');
  });
  it('is no matter where the template asks for it itself', () => {
    const own = { ...set, spec: { replicas: 1, template: { spec: { nodeSelector: { pool: 'shop' } } } } };
    const [found] = findings(unschedulable, [own, pending({ pool: 'shop' }), node, placing, binding()]);
    expect(found?.cause).not.toContain('template does not ask');
    expect(found?.because).not.toContainEqual({ kind: 'MutatingAdmissionPolicy', name: 'defaults' });
  });
});
