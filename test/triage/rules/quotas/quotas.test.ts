import { describe, expect, it } from 'vitest';
import { quotaFull, quotaNotCalculated } from '../../../../src/triage/rules/quotas/full.ts';
import { limitRange } from '../../../../src/triage/rules/quotas/limit-range.ts';
import { quotaTooSmall } from '../../../../src/triage/rules/quotas/too-small.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { pod } from '../objects.ts';

const quota = (
  hard: Record<string, string>,
  used: Record<string, string>,
  metadata: Record<string, unknown> = {},
): Literal => ({
  kind: 'ResourceQuota',
  metadata: { name: 'team', namespace: 'shop', creationTimestamp: ago(900), ...metadata },
  spec: { hard },
  status: { hard, used },
});
const refused = (message: string, name = 'web'): Literal[] => [
  {
    kind: 'Deployment',
    metadata: { name, namespace: 'shop', creationTimestamp: ago(900) },
    spec: { replicas: 2 },
    status: {},
  },
  {
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-5d9`,
      namespace: 'shop',
      ownerReferences: [{ kind: 'Deployment', name, controller: true }],
    },
    spec: { replicas: 1 },
    status: {
      replicas: 0,
      conditions: [
        { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: ago(9) },
      ],
    },
  },
];

describe('quota/exceeded', () => {
  const message =
    'pods "web-5d9-x" is forbidden: exceeded quota: team, requested: pods=1,requests.memory=128Mi, used: pods=9,requests.memory=1Gi, limited: pods=9,requests.memory=24Gi';

  it('accuses the quota with what does not fit, and raises just that', () => {
    const [found, ...others] = findings(quotaFull, [
      quota({ pods: '9', 'requests.memory': '24Gi' }, { pods: '9', 'requests.memory': '1Gi' }),
      ...refused(message),
      pod('web-1'),
    ]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'ResourceQuota', name: 'team' },
      since: { at: Date.parse(ago(9)), exact: true },
    });
    expect(found?.summary).toBe('the quota is exceeded and refuses Deployment web (pods: 1 requested, 9 of 9 used)');
    expect(found?.fixes[0]?.command).toContain('{"spec":{"hard":{"pods":"10"}}}');
    expect(found?.fixes[2]?.command).toContain('"maxSurge":0');
    expect(found?.evidence).toContain('pods: Pod web-1 1');
  });

  it('adds amounts with units', () => {
    const words =
      'pods "x" is forbidden: exceeded quota: team, requested: requests.cpu=500m, used: requests.cpu=11800m, limited: requests.cpu=12';
    const [found] = findings(quotaFull, [
      quota({ 'requests.cpu': '12' }, { 'requests.cpu': '11800m' }),
      ...refused(words),
    ]);
    expect(found?.fixes[0]?.command).toContain('{"requests.cpu":"12300m"}');
  });

  it('says nothing of a quota that is full and refuses nobody', () => {
    expect(findings(quotaFull, [quota({ pods: '9' }, { pods: '9' })])).toEqual([]);
  });
});

describe('quota/not-calculated', () => {
  it('finds a quota without status, but not in its first two minutes', () => {
    const blank = (minutes: number): Literal => ({
      ...quota({ pods: '9' }, {}, { creationTimestamp: ago(minutes) }),
      status: {},
    });
    expect(findings(quotaNotCalculated, [blank(9)])[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'ResourceQuota' },
    });
    expect(findings(quotaNotCalculated, [blank(1), quota({ pods: '9' }, { pods: '1' })])).toEqual([]);
  });
});

describe('quota/limit-range', () => {
  const range = (minutes: number): Literal => ({
    kind: 'LimitRange',
    metadata: { name: 'sizes', namespace: 'shop', creationTimestamp: ago(minutes) },
    spec: { limits: [{ type: 'Container', max: { memory: '128Mi' } }] },
  });
  const words = 'pods "x" is forbidden: maximum memory usage per Container is 128Mi, but limit is 256Mi';

  it('accuses a limit range that is newer than the workload, or that refuses several', () => {
    expect(findings(limitRange, [range(30), ...refused(words)])[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'LimitRange', name: 'sizes' },
    });
    expect(findings(limitRange, [range(9000), ...refused(words), ...refused(words, 'api')])).toHaveLength(1);
  });

  it('leaves one workload that came later to be accused itself', () => {
    expect(findings(limitRange, [range(9000), ...refused(words)])).toEqual([]);
  });
});

describe('quota/too-small', () => {
  const words = (requested: string, used: string, limited: string) =>
    `pods "x" is forbidden: exceeded quota: team, requested: requests.memory=${requested}, used: requests.memory=${used}, limited: requests.memory=${limited}`;
  const memory = quota({ 'requests.memory': '4Gi' }, { 'requests.memory': '0' });

  it('accuses the workload whose one pod asks for more than the whole quota, and not the quota', () => {
    const objects = [memory, ...refused(words('64Gi', '0', '4Gi'))];
    const [found, ...others] = findings(quotaTooSmall, objects);
    expect(others).toEqual([]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Deployment', name: 'web' } });
    expect(found?.fixes[0]?.text).toContain('Lower requests.memory');
    expect(findings(quotaFull, objects)).toEqual([]);
  });

  it('says nothing where others have used the quota up, nor where the quota allows nothing at all', () => {
    for (const message of [words('2Gi', '3Gi', '4Gi'), words('2Gi', '0', '0')]) {
      expect(findings(quotaTooSmall, [memory, ...refused(message)])).toEqual([]);
      expect(findings(quotaFull, [memory, ...refused(message)])).toHaveLength(1);
    }
  });
});
