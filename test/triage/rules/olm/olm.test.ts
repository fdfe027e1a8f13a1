import { describe, expect, it } from 'vitest';
import { catalogUnreachable } from '../../../../src/triage/rules/olm/catalog.ts';
import { operatorNotInstalled } from '../../../../src/triage/rules/olm/csv.ts';
import { installPlanWaits } from '../../../../src/triage/rules/olm/install-plan.ts';
import { subscriptionFails } from '../../../../src/triage/rules/olm/subscription.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const one = (kind: string, name: string, spec: object, status: object): Literal => ({
  kind,
  metadata: { name, namespace: 'operators', creationTimestamp: ago(90) },
  spec,
  status,
});
const subscription = (status: object, spec: object = {}): Literal =>
  one(
    'Subscription',
    'kafka',
    { name: 'strimzi', channel: 'stable', source: 'community', sourceNamespace: 'operators', ...spec },
    status,
  );
const catalog = (state: string, name = 'community'): Literal =>
  one('CatalogSource', name, {}, { connectionState: { lastObservedState: state, lastConnect: ago(80) } });
const failed = (type: string, reason: string, message: string) => ({
  conditions: [{ type, status: 'True', reason, message, lastTransitionTime: ago(30) }],
});

describe('olm/catalog', () => {
  it('finds a catalog that does not answer, with its registry pod as what may explain it; one that rests is well', () => {
    const pod: Literal = {
      kind: 'Pod',
      metadata: { name: 'community-x', namespace: 'operators', labels: { 'olm.catalogSource': 'community' } },
    };
    const [found] = findings(catalogUnreachable, [catalog('TRANSIENT_FAILURE'), pod]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'CatalogSource', name: 'community' } });
    expect(found?.because).toContainEqual({ kind: 'Pod', namespace: 'operators', name: 'community-x' });
    expect(found?.fixes[0]?.command).toBe(
      'kubectl --context test delete pods -n operators -l olm.catalogSource=community',
    );
    expect(findings(catalogUnreachable, [catalog('READY'), catalog('IDLE', 'other')])).toEqual([]);
  });
});

describe('olm/subscription', () => {
  it('quotes why it cannot be resolved; what is installed already goes on to work', () => {
    const why = failed('ResolutionFailed', 'ConstraintsNotSatisfiable', 'no operators found in channel stabel');
    const [found] = findings(subscriptionFails, [subscription(why), catalog('READY')]);
    expect(found).toMatchObject({ severity: 'high' });
    expect(found?.summary).toContain('no operators found in channel stabel');
    expect(found?.fixes[0]?.command).toBe(
      'kubectl --context test edit subscription.operators.coreos.com/kafka -n operators',
    );
    const installed = subscription({ ...why, installedCSV: 'strimzi.v1' });
    expect(findings(subscriptionFails, [installed, catalog('READY')])[0]?.severity).toBe('warn');
  });
  it('names the catalog that was meant', () => {
    const [found] = findings(subscriptionFails, [subscription({}, { source: 'comunity' }), catalog('READY')]);
    expect(found?.summary).toContain('catalog source operators/comunity is not found; there is community');
    expect(found?.fixes[0]?.command).toContain(`'{"spec":{"source":"community"}}'`);
  });
  it('says nothing of one that is well', () => {
    expect(findings(subscriptionFails, [subscription({ state: 'AtLatestKnown' }), catalog('READY')])).toEqual([]);
  });
});

describe('olm/install-plan', () => {
  const plan = (status: object, spec: object = { approved: false, approval: 'Manual' }): Literal =>
    one('InstallPlan', 'install-x', { clusterServiceVersionNames: ['strimzi.v2'], ...spec }, status);
  const waiting = (more: object = {}) =>
    subscription({ installPlanRef: { name: 'install-x' }, currentCSV: 'strimzi.v2', ...more });
  it('gives the command that approves it; an upgrade that waits is only worth a look', () => {
    const [found] = findings(installPlanWaits, [plan({ phase: 'RequiresApproval' }), waiting()]);
    expect(found).toMatchObject({ severity: 'high' });
    expect(found?.fixes[0]?.command).toBe(
      `kubectl --context test patch installplan.operators.coreos.com/install-x -n operators --type=merge -p '{"spec":{"approved":true}}'`,
    );
    const upgrade = [plan({ phase: 'RequiresApproval' }), waiting({ installedCSV: 'strimzi.v1' })];
    expect(findings(installPlanWaits, upgrade)[0]?.severity).toBe('warn');
  });
  it('says nothing of one that is complete, approved, or passed over by its Subscription', () => {
    expect(findings(installPlanWaits, [plan({ phase: 'Complete' }), waiting()])).toEqual([]);
    expect(findings(installPlanWaits, [plan({ phase: 'RequiresApproval' }, { approved: true }), waiting()])).toEqual(
      [],
    );
    const other = subscription({ installPlanRef: { name: 'install-y' } });
    expect(findings(installPlanWaits, [plan({ phase: 'RequiresApproval' }), other])).toEqual([]);
  });
});

describe('olm/csv', () => {
  const version = (status: object, labels: Record<string, string> = {}): Literal => {
    const csv = one(
      'ClusterServiceVersion',
      'strimzi.v2',
      { install: { spec: { deployments: [{ name: 'operator' }] } } },
      {
        lastTransitionTime: ago(20),
        ...status,
      },
    );
    return { ...csv, metadata: { ...csv.metadata, labels } };
  };
  it('names the requirements that are missing, and the deployments that may explain it', () => {
    const requirementStatus = [
      {
        kind: 'CustomResourceDefinition',
        name: 'kafkas.example.com',
        status: 'NotPresent',
        message: 'CRD is not present',
      },
      { kind: 'ServiceAccount', name: 'operator', status: 'Present' },
    ];
    const [found] = findings(operatorNotInstalled, [
      version({ phase: 'Pending', reason: 'RequirementsNotMet', message: 'not found', requirementStatus }),
    ]);
    expect(found?.summary).toContain('CustomResourceDefinition kafkas.example.com missing');
    expect(found?.because).toContainEqual({ kind: 'CustomResourceDefinition', name: 'kafkas.example.com' });
    expect(found?.because).toContainEqual({ kind: 'Deployment', namespace: 'operators', name: 'operator' });
  });
  it('says nothing of one that succeeded, was replaced, has just begun, or is a copy', () => {
    expect(findings(operatorNotInstalled, [version({ phase: 'Succeeded' })])).toEqual([]);
    expect(findings(operatorNotInstalled, [version({ phase: 'Deleting', reason: 'Replaced' })])).toEqual([]);
    expect(findings(operatorNotInstalled, [version({ phase: 'Installing', lastTransitionTime: ago(1) })])).toEqual([]);
    const copy = version({ phase: 'Failed', reason: 'Copied' }, { 'olm.copiedFrom': 'operators' });
    expect(findings(operatorNotInstalled, [copy])).toEqual([]);
  });
});
