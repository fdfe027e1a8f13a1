import { expect, test } from 'vitest';
import { begunSince, inNamespace, narrow, onAnyOf } from '../../../src/triage/finding/narrow.ts';
import { conclude } from '../../../src/triage/finding/result.ts';
import { GATES } from '../../../src/triage/gates.ts';
import { found } from '../support.ts';

const findings = [
  found('quota/exhausted', 'ResourceQuota/shop/q', [], { since: { at: 100, exact: true } }),
  found('workload/rollout', 'Deployment/shop/web', ['ResourceQuota/shop/q'], { since: { at: 900, exact: true } }),
  found('node/not-ready', 'Node/n1'),
  found('pod/crash', 'Deployment/other/x', [], { since: { at: 200, exact: true } }),
];
const triage = conclude(
  GATES.map(({ id, name }) => ({
    id,
    name,
    status: 'FAIL' as const,
    ms: 0,
    blind: [],
    findings: findings.filter(({ rule }) => (rule.startsWith('node/') ? id === 'G2' : id === 'G9')),
  })),
);
const names = (wanted: Parameters<typeof narrow>[1]) =>
  narrow(triage, wanted)
    .roots.map(({ finding }) => finding.object.name)
    .sort();

test('one namespace keeps what is cluster-wide', () => {
  expect(names(inNamespace('shop'))).toEqual(['n1', 'q']);
});

test('what began lately keeps its older cause, and what nobody dates', () => {
  expect(names(begunSince(500))).toEqual(['n1', 'q']);
});

test('one object keeps the cause of what is found on it, and the gates say only that', () => {
  const narrowed = narrow(triage, onAnyOf([{ kind: 'Deployment', namespace: 'shop', name: 'web' }]));
  expect(narrowed.roots.map(({ finding }) => finding.object.name)).toEqual(['q']);
  expect(narrowed.gates.find(({ id }) => id === 'G2')).toMatchObject({ status: 'PASS', findings: [] });
  expect(narrowed.gates.find(({ id }) => id === 'G9')?.findings).toHaveLength(2);
});
