import { describe, expect, it } from 'vitest';
import {
  leaseTrouble,
  nodeTrouble,
  podTrouble,
  servedBy,
  serviceTrouble,
  webhookTroubles,
} from '../../src/health/judge.ts';
import { deploymentRow, leaseRow, nodeRow, podRow, serviceRow, sliceRow, webhookRow } from '../../src/health/rows.ts';
import { ago, deployment, lease, NOW, node, pod, service, slice, webhook } from '../console/support/objects.ts';

const seen = () => NOW - 5_000;

describe('pods', () => {
  it('says what kubectl says of a pod that cannot pull its image, since its Ready condition turned', () => {
    const row = podRow(pod('ledger', { ready: false, waiting: 'ImagePullBackOff', sinceMs: 41_000 }));
    expect(row).toMatchObject({ reason: 'ImagePullBackOff', ready: 0, total: 1, fine: false });
    expect(podTrouble(row, NOW)).toMatchObject({
      severity: 'fail',
      what: 'ImagePullBackOff',
      since: { at: NOW - 41_000, exact: true },
    });
  });

  it('gives a starting pod a minute before it counts as failing', () => {
    const starting = (sinceMs: number) => podRow(pod('new', { ready: false, phase: 'Pending', sinceMs }));
    expect(podTrouble(starting(59_000), NOW)).toBeUndefined();
    expect(podTrouble(starting(61_000), NOW)).toMatchObject({ severity: 'fail', what: 'Pending' });
  });

  it('never calls a finished pod failing', () => {
    expect(podTrouble(podRow(pod('job', { ready: false, phase: 'Succeeded' })), NOW)).toBeUndefined();
  });

  it('keeps hostile text of the cluster off the rows', () => {
    const row = podRow(pod('x', { ready: false, waiting: 'Evil\u001b[2J\u202eReason' }));
    expect(row.reason).toBe('EvilReason');
  });

  it('sees the sidecar that is not ready in a running pod', () => {
    const object = pod('two');
    (object.status as { conditions: unknown[] }).conditions = [
      { type: 'Ready', status: 'False', lastTransitionTime: ago(90_000) },
    ];
    expect(podTrouble(podRow(object), NOW)).toMatchObject({ what: 'NotReady', severity: 'fail' });
  });
});

describe('since when', () => {
  it('counts a pressure from its own condition: the node may have been ready for weeks', () => {
    const object = node('a');
    (object.status as { conditions: unknown[] }).conditions.push({
      type: 'DiskPressure',
      status: 'True',
      lastTransitionTime: ago(7_000),
    });
    expect(nodeTrouble(nodeRow(object))).toMatchObject({
      severity: 'warn',
      what: 'DiskPressure',
      since: { at: NOW - 7_000, exact: true },
    });
  });

  it('counts a pod that is Terminating from when its deletion was asked for, not from when it became ready', () => {
    const deleted = (askedMs: number, graceS: number) => {
      const object = pod('held', { sinceMs: 3_600_000 });
      object.metadata.deletionTimestamp = ago(askedMs - graceS * 1000);
      Object.assign(object.metadata, { deletionGracePeriodSeconds: graceS });
      return podTrouble(podRow(object), NOW);
    };
    expect(deleted(90_000, 30)).toMatchObject({ what: 'Terminating', since: { at: NOW - 90_000, exact: true } });
    expect(deleted(20_000, 30)).toBeUndefined();
  });
});

describe('deployments', () => {
  it('is in trouble when it is wanted and not available, and not when scaled to nothing', () => {
    expect(deploymentRow(deployment('ledger', { available: false })).reason).toBe('0 of 1 available');
    const scaled = deployment('ledger', { available: false });
    (scaled.spec as { replicas: number }).replicas = 0;
    expect(deploymentRow(scaled).reason).toBe('');
  });
});

describe('services and the webhooks behind them', () => {
  const judge = (options: { ready: number; total: number; changedMs?: number }) => {
    const served = servedBy([sliceRow(slice('checkout', options.ready, options.total, 'shop', options.changedMs))]);
    const services = new Map([['shop/checkout', serviceRow(service('checkout'))]]);
    return {
      service: serviceTrouble(serviceRow(service('checkout')), served, seen),
      hooks: webhookTroubles(webhookRow(webhook('v.checkout', 'checkout')), services, served, seen),
    };
  };

  it('has nothing to say while one endpoint is ready', () => {
    expect(judge({ ready: 1, total: 2 })).toEqual({ service: undefined, hooks: [] });
  });

  it('calls a webhook dead when none of its endpoints is ready, and says since when at least: when the endpoints changed', () => {
    const { service: unserved, hooks } = judge({ ready: 0, total: 1, changedMs: 720_000 });
    expect(unserved).toMatchObject({ severity: 'fail', what: '0 of 1 ready' });
    expect(hooks).toMatchObject([
      { name: 'v.checkout', severity: 'fail', what: 'no endpoints, Fail', since: { at: NOW - 720_000, exact: false } },
    ]);
  });

  it('admits that it only knows since when it looked', () => {
    expect(judge({ ready: 0, total: 1 }).hooks[0]?.since).toEqual({ at: NOW - 5_000, exact: false });
  });

  it('tells a missing service from a missing port, and a webhook that may fail from one that blocks', () => {
    const none = webhookTroubles(webhookRow(webhook('v', 'gone', 'shop', 'Ignore')), new Map(), servedBy([]), seen);
    expect(none).toMatchObject([{ severity: 'warn', what: 'service missing, Ignore' }]);
    const services = new Map([['shop/checkout', serviceRow(service('checkout', 'shop', 8443))]]);
    expect(
      webhookTroubles(
        webhookRow(webhook('v', 'checkout')),
        services,
        servedBy([sliceRow(slice('checkout', 1, 1))]),
        seen,
      ),
    ).toMatchObject([{ what: 'no port 443, Fail' }]);
  });

  it('only warns where nothing stands behind a service: it may be scaled to zero on purpose', () => {
    expect(serviceTrouble(serviceRow(service('idle')), servedBy([]), seen)).toMatchObject({
      severity: 'warn',
      what: 'no pod behind it',
    });
  });

  it('counts an endpoint without conditions as ready, as the cluster does', () => {
    const bare = slice('checkout', 0, 1);
    bare.endpoints = [{ addresses: ['10.0.0.1'] }];
    expect(sliceRow(bare).ready).toBe(1);
  });
});

describe('leases', () => {
  it('is stale after two missed durations, and forgotten after a day', () => {
    const at = (msAgo: number) => leaseTrouble(leaseRow(lease('leader', msAgo)), NOW);
    expect(at(29_000)).toBeUndefined();
    expect(at(31_000)).toMatchObject({ severity: 'warn', what: 'stale, held by leader-7d9f_abc' });
    expect(at(2 * 86_400_000)).toBeUndefined();
  });
});
