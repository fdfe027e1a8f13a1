import { describe, expect, it } from 'vitest';
import { externalName, ingressBackend, ingressClass } from '../../../../src/triage/rules/services/ingress.ts';
import { networkIsolated } from '../../../../src/triage/rules/services/isolated.ts';
import type { Literal } from '../../../support/view.ts';
import { findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const ingress = (service: string, port: object, spec: Record<string, unknown> = {}): Literal => ({
  kind: 'Ingress',
  metadata: { name: 'shop', namespace: 'shop' },
  spec: {
    ingressClassName: 'nginx',
    rules: [
      { host: 'shop.example.com', http: { paths: [{ path: '/', backend: { service: { name: service, port } } }] } },
    ],
    ...spec,
  },
});
const service = (name: string, spec: Record<string, unknown> = {}, namespace = 'shop'): Literal => ({
  kind: 'Service',
  metadata: { name, namespace },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80 }], ...spec },
});
const slice: Literal = {
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  endpoints: [{ conditions: { ready: true } }],
  ports: [{ name: 'http' }],
};
const nginx: Literal = { kind: 'IngressClass', metadata: { name: 'nginx' } };

describe('ingress/backend', () => {
  it('names the Service and the port that exist', () => {
    expect(findings(ingressBackend, [ingress('wbe', { number: 80 }), service('web'), slice])[0]).toMatchObject({
      severity: 'high',
      summary: 'backend service wbe not found; web exists',
    });
    expect(findings(ingressBackend, [ingress('web', { name: 'htpp' }), service('web'), slice])[0]?.summary).toBe(
      'backend service web has no port htpp; it has http 80',
    );
    expect(
      findings(ingressBackend, [ingress('web', { number: 8080 }), service('web'), slice])[0]?.fixes[0]?.text,
    ).toContain('80, not 8080');
  });
  it('is explained by the pods of a Service without endpoints, and only warns of one at zero', () => {
    const sick = pod('web-1', { containers: { web: { state: { waiting: { reason: 'CrashLoopBackOff' } } } } });
    const template = { metadata: { labels: { app: 'web' } } };
    const [found] = findings(ingressBackend, [
      ingress('web', { number: 80 }),
      service('web'),
      ...deployment([sick], { template }),
    ]);
    expect(found).toMatchObject({ severity: 'high' });
    expect(found?.because).toContainEqual({ kind: 'Service', namespace: 'shop', name: 'web' });
    expect(
      findings(ingressBackend, [
        ingress('web', { number: 80 }),
        service('web'),
        ...deployment([], { replicas: 0, template }),
      ])[0],
    ).toMatchObject({ severity: 'warn' });
    expect(findings(ingressBackend, [ingress('web', { number: 80 }), service('web'), slice])).toEqual([]);
  });
});

it('ingress/class names the class that exists', () => {
  expect(
    findings(ingressClass, [ingress('web', { number: 80 }, { ingressClassName: 'ngnix' }), nginx])[0],
  ).toMatchObject({
    severity: 'high',
    summary: 'ingress class ngnix not found; nginx exists',
  });
  expect(findings(ingressClass, [ingress('web', { number: 80 }), nginx])).toEqual([]);
  expect(
    findings(ingressClass, [ingress('web', { number: 80 }, { ingressClassName: undefined }), nginx])[0],
  ).toMatchObject({ severity: 'warn' });
});

it('service/external-name: a Service that does not exist, and a circle', () => {
  const alias = (name: string, to: string) =>
    service(name, { type: 'ExternalName', externalName: to, selector: undefined });
  expect(
    findings(externalName, [alias('db', 'orders-db.shp.svc.cluster.local'), service('orders-db')])[0],
  ).toMatchObject({
    severity: 'high',
  });
  expect(
    findings(externalName, [alias('db', 'order-db.shop.svc.cluster.local'), service('orders-db')])[0]?.summary,
  ).toContain('orders-db does');
  expect(findings(externalName, [alias('a', 'b.shop.svc'), alias('b', 'a.shop.svc')])).toHaveLength(2);
  expect(
    findings(externalName, [
      alias('db', 'orders-db.shop.svc.cluster.local'),
      service('orders-db'),
      alias('x', 'db.example.com'),
    ]),
  ).toEqual([]);
});

describe('network/isolated', () => {
  const policy = (name: string, ingressRules: object[]): Literal => ({
    kind: 'NetworkPolicy',
    metadata: { name, namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: ingressRules },
  });
  const needed = [ingress('web', { number: 80 }), service('web'), pod('web-1')];
  it('finds a policy that lets nobody reach what an Ingress needs', () => {
    expect(findings(networkIsolated, [...needed, policy('deny', [])])[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'NetworkPolicy', name: 'deny' },
    });
  });
  it('accepts a default that another policy opens, and only warns of a Service that nobody is known to call', () => {
    expect(findings(networkIsolated, [...needed, policy('deny', []), policy('allow', [{}])])).toEqual([]);
    expect(findings(networkIsolated, [service('web'), pod('web-1'), policy('deny', [])])).toMatchObject([
      { severity: 'warn' },
    ]);
    expect(findings(networkIsolated, [pod('web-1'), policy('deny', [])])).toEqual([]);
  });
});
