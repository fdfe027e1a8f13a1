import { describe, expect, it } from 'vitest';
import { gatewayNotProgrammed } from '../../../../src/triage/rules/services/gateway.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const is = (type: string, status: string, minutes = 20) => ({
  type,
  status,
  reason: 'BackendNotFound',
  message: 'Service webb not found',
  lastTransitionTime: ago(minutes),
});
const gateway = (conditions: object[], minutes = 90, listeners: object[] = []): Literal => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'public', namespace: 'shop', creationTimestamp: ago(minutes) },
  spec: { gatewayClassName: 'nginx' },
  status: { conditions, listeners },
});
const route = (status: string, minutes = 20, parent = 'public'): Literal => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: ago(90) },
  spec: { parentRefs: [{ name: parent }], rules: [{ backendRefs: [{ name: status === 'True' ? 'web' : 'webb' }] }] },
  status: { parents: [{ parentRef: { name: parent }, conditions: [is('ResolvedRefs', status, minutes)] }] },
});
const service: Literal = { kind: 'Service', metadata: { name: 'web', namespace: 'shop' } };
const serves = gateway([is('Accepted', 'True'), is('Programmed', 'True')]);

describe('service/gateway', () => {
  it('tells which reference of a route leads nowhere, and the Service that was probably meant', () => {
    const [found] = findings(gatewayNotProgrammed, [serves, route('False'), service]);
    expect(found?.summary).toBe(
      'the route serves no traffic: ResolvedRefs is False (BackendNotFound): Service webb not found; Service web exists',
    );
    expect(found?.since).toEqual({ at: Date.parse(ago(20)), exact: true });
    expect(found?.fixes[0]?.text).toContain('Refer to Service web in backendRefs, not to webb');
    expect(found?.because).toContainEqual({ kind: 'Gateway', namespace: 'shop', name: 'public' });
  });
  it('tells of a Gateway that no controller answers, of one whose listener fails, and of a route without a Gateway', () => {
    expect(findings(gatewayNotProgrammed, [gateway([])])[0]?.summary).toContain('handles its class nginx');
    const listener = { name: 'https', conditions: [is('ResolvedRefs', 'False')] };
    expect(
      findings(gatewayNotProgrammed, [gateway([is('Accepted', 'True')], 90, [listener])])[0]?.evidence[0],
    ).toContain('listener https ResolvedRefs: False');
    expect(findings(gatewayNotProgrammed, [route('True', 20, 'other'), service])[0]?.summary).toContain(
      'Gateway other does not exist',
    );
  });
  it('says nothing of what serves, or was made just now', () => {
    expect(findings(gatewayNotProgrammed, [serves, route('True'), service])).toEqual([]);
    expect(findings(gatewayNotProgrammed, [gateway([], 1)])).toEqual([]);
    expect(findings(gatewayNotProgrammed, [serves, route('False', 1), service])).toEqual([]);
  });
});
