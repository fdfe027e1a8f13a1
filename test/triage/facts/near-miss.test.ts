import { describe, expect, it } from 'vitest';
import {
  closestLabels,
  distance,
  isNear,
  labelMisses,
  missText,
  nearest,
  nearMisses,
} from '../../../src/triage/facts/near-miss.ts';

describe('nearest existing name', () => {
  it.each([
    ['LEDGER_URI', ['LEDGER_URL', 'CURRENCY'], 'LEDGER_URL'],
    ['kserve-controller-manger', ['kserve-controller-manager', 'web'], 'kserve-controller-manager'],
    ['costCenter', ['team', 'cost-center'], 'cost-center'],
    ['example.com/owner', ['team', 'acme.dev/owner'], 'acme.dev/owner'],
    ['checkout_config', ['checkout-config'], 'checkout-config'],
    ['db-secret', ['db-secrets', 'api-token'], 'db-secrets'],
    ['genral', ['general', 'gpu'], 'general'],
    ['htpp', ['http', 'metrics'], 'http'],
    ['prod', ['staging', 'production'], 'production'],
    ['fast-ssd', ['standard', 'ssd-fast'], 'ssd-fast'],
    ['web-tls', ['api-cert', 'web-tls-2026'], 'web-tls-2026'],
    ['metrics', ['http-metrics', 'https'], 'http-metrics'],
  ])('%s among %j is %s', (wanted, existing, near) => {
    expect(nearMisses(wanted, existing).map(one => one.name)).toContain(near);
  });

  it.each([
    ['http', ['grpc', 'metrics']],
    ['gold', ['silver']],
    ['a', ['b', 'ab']],
    ['orders-db', ['checkout-config']],
    ['web', ['web']],
  ])('%s among %j is none of them', (wanted, existing) => {
    expect(nearest(wanted, existing)).toBeUndefined();
  });

  it('puts another spelling before a typing error and that before more words', () => {
    expect(nearMisses('team-name', ['team-name-long', 'team-nane', 'teamName']).map(one => one.name)).toEqual([
      'teamName',
      'team-nane',
      'team-name-long',
    ]);
  });

  it('counts two swapped letters as one slip', () => {
    expect(distance('manager', 'manaegr')).toBe(1);
    expect(distance('', 'abc')).toBe(3);
  });
});

describe('labels', () => {
  const pods = [
    { name: 'web', labels: { app: 'web', tier: 'front' } },
    { name: 'manager', labels: { app: 'kserve-controller-manager', 'control-plane': 'kserve' } },
  ];

  it('finds the pods that a misspelt selector was meant for', () => {
    const close = closestLabels({ app: 'kserve-controller-manger' }, pods, pod => pod.labels);
    expect(close?.carrier.name).toBe('manager');
    expect(close?.misses).toEqual([
      { key: 'app', value: 'kserve-controller-manger', instead: { key: 'app', value: 'kserve-controller-manager' } },
    ]);
    expect(close?.misses.map(missText)).toEqual([
      'app=kserve-controller-manger (there is app=kserve-controller-manager)',
    ]);
  });

  it('finds the same value under another key', () => {
    const [miss] = labelMisses({ 'app.kubernetes.io/name': 'web' }, { name: 'web', tier: 'front' });
    expect(miss?.instead).toEqual({ key: 'name', value: 'web' });
    expect(miss && isNear(miss)).toBe(true);
  });

  it('does not take another value for a slip', () => {
    const [miss] = labelMisses({ disk: 'ssd' }, { disk: 'hdd-slow' });
    expect(miss && isNear(miss)).toBe(false);
    expect(closestLabels({ app: 'billing' }, pods, pod => pod.labels)).toBeUndefined();
  });
});
