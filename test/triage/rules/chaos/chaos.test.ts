import { describe, expect, test } from 'vitest';
import { FAULT_TYPES } from '../../../../src/faults/types.ts';
import type { Finding } from '../../../../src/triage/finding/finding.ts';
import { injectionRules } from '../../../../src/triage/rules/chaos/injection.ts';
import { otherTool } from '../../../../src/triage/rules/chaos/other-tool.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, commandsOf, findings, NOW, wordsOf } from '../findings.ts';

const PREFIX = 'chaos.operatorchaos.io/';
const all = (objects: readonly Literal[], told = {}): Finding[] =>
  injectionRules.flatMap(rule => findings(rule, objects, told));
const deployment = (annotations: object, spec: object = {}, name = 'web'): Literal => ({
  kind: 'Deployment',
  metadata: { name, namespace: 'shop', annotations },
  spec: {
    replicas: 2,
    template: { spec: { containers: [{ name: 'web', image: 'shop/web:2', command: ['/web'] }] } },
    ...spec,
  },
});

test('there is a rule for every type', () =>
  expect(injectionRules.map(({ id }) => id)).toEqual([...FAULT_TYPES, 'unknown'].map(type => `chaos/${type}`)));

describe('a Deployment carries no label, only plain annotations', () => {
  test('scaled to zero: until it is scaled up again', () => {
    const [found, ...others] = all([
      deployment({ [`${PREFIX}original-replicas`]: '2' }, { replicas: 0 }),
      deployment({}, { replicas: 0 }, 'on-purpose'),
    ]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      rule: 'chaos/DeploymentScaleZero',
      severity: 'high',
      object: { kind: 'Deployment', name: 'web' },
    });
    expect(commandsOf(found as Finding)).toEqual([
      'mayday --context test revert DeploymentScaleZero:shop/Deployment.apps/web',
    ]);
    expect(all([deployment({ [`${PREFIX}original-replicas`]: '2' })])[0]?.severity).toBe('warn');
  });
  test('its image', () => {
    const marks = { [`${PREFIX}original-image-web`]: 'shop/web:1', [`${PREFIX}corrupt-container-name`]: 'web' };
    expect(all([deployment(marks)])[0]).toMatchObject({ rule: 'chaos/ImageCorrupt', severity: 'high' });
    expect(all([deployment({ ...marks, [`${PREFIX}original-image-web`]: 'shop/web:2' })])[0]?.severity).toBe('warn');
  });
  test('its command', () => {
    const marks = { [`${PREFIX}original-command-web`]: 'null', [`${PREFIX}crash-container-name`]: 'web' };
    expect(all([deployment(marks)])[0]).toMatchObject({ rule: 'chaos/CrashLoopInject', severity: 'high' });
    expect(all([deployment({ ...marks, [`${PREFIX}original-command-web`]: '["/web"]' })])[0]?.severity).toBe('warn');
  });
});

test('the victim of a deletion is what was deleted, not its backup; once it is back only marks are left', () => {
  const backup: Literal = {
    kind: 'ConfigMap',
    metadata: {
      name: 'chaos-rollback-ns-shop',
      namespace: 'safe',
      creationTimestamp: ago(9),
      labels: { [`${PREFIX}type`]: 'NamespaceDeletion' },
    },
  };
  expect(all([backup])[0]).toMatchObject({
    rule: 'chaos/NamespaceDeletion',
    severity: 'high',
    object: { kind: 'Namespace', name: 'shop' },
    since: { at: NOW - 9 * 60_000, exact: true },
  });
  expect(commandsOf(all([backup])[0] as Finding)[0]).toContain(
    'NamespaceDeletion:safe/ConfigMap/chaos-rollback-ns-shop',
  );
  expect(all([backup, { kind: 'Namespace', metadata: { name: 'shop' } }])[0]?.severity).toBe('warn');
});

test('an undo record is told of, never quoted', () => {
  const binding: Literal = {
    kind: 'ClusterRoleBinding',
    metadata: {
      name: 'admins',
      labels: { [`${PREFIX}type`]: 'RBACRevoke' },
      annotations: { [`${PREFIX}rollback-data`]: '{"data":[{"name":"secret-user"}],"checksum":"x"}' },
    },
  };
  const [found] = all([binding]);
  expect(found).toMatchObject({ rule: 'chaos/RBACRevoke', severity: 'high' });
  expect(JSON.stringify(found)).not.toContain('secret-user');
});

test('a time that is over is told', () => {
  const policy: Literal = {
    kind: 'NetworkPolicy',
    metadata: {
      name: 'operator-chaos-np-app-web',
      namespace: 'shop',
      labels: { [`${PREFIX}type`]: 'NetworkPartition' },
      annotations: { [`${PREFIX}expires`]: ago(60) },
    },
  };
  expect(wordsOf(all([policy])[0] as Finding)).toContain('it is overdue');
});

test('results, locks and ordinary objects are no injections', () => {
  expect(
    all([
      {
        kind: 'ConfigMap',
        metadata: {
          name: 'chaos-result-a-2026',
          namespace: 'shop',
          labels: {
            'app.kubernetes.io/managed-by': 'operator-chaos',
            [`${PREFIX}experiment`]: 'a',
            [`${PREFIX}type`]: 'PodKill',
          },
        },
      },
      { kind: 'ConfigMap', metadata: { name: 'plain', namespace: 'shop' } },
      deployment({}),
    ]),
  ).toEqual([]);
});

describe('other tools', () => {
  const crd = (group: string, kind: string): Literal => ({
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: { group, names: { kind, plural: `${kind.toLowerCase()}s` }, versions: [{ name: 'v1alpha1', served: true }] },
  });
  test('what Chaos Mesh holds by its finalizer is in; what it does not hold is a warning', () => {
    const of = (finalizers: string[]) => ({
      instances: { NetworkChaos: [{ kind: 'NetworkChaos', metadata: { name: 'cut', namespace: 'shop', finalizers } }] },
    });
    expect(findings(otherTool, [crd('chaos-mesh.org', 'NetworkChaos')], of(['chaos-mesh/records']))[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'NetworkChaos', name: 'cut' },
    });
    expect(findings(otherTool, [crd('chaos-mesh.org', 'NetworkChaos')], of([]))[0]?.severity).toBe('warn');
  });
  test('the catalogue of Litmus is no experiment', () => {
    const told = {
      instances: {
        ChaosExperiment: [{ kind: 'ChaosExperiment', metadata: { name: 'pod-delete', namespace: 'litmus' } }],
      },
    };
    expect(findings(otherTool, [crd('litmuschaos.io', 'ChaosExperiment')], told)).toEqual([]);
  });
  test('pods of tools, and what tools left on pods', () => {
    const objects: Literal[] = [
      {
        kind: 'Pod',
        metadata: { name: 'a', namespace: 'shop', labels: { krkn: 'chaos' } },
        status: { phase: 'Running' },
      },
      {
        kind: 'Pod',
        metadata: { name: 'b', namespace: 'shop', labels: { krkn: 'chaos' } },
        status: { phase: 'Succeeded' },
      },
      {
        kind: 'Deployment',
        metadata: { name: 'c', namespace: 'shop' },
        spec: { template: { spec: { containers: [{ name: 'c', image: 'gcr.io/google-containers/pause:latest' }] } } },
      },
    ];
    expect(findings(otherTool, objects).map(({ object }) => object.name)).toEqual(['a', 'c']);
  });
});
