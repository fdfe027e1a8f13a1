import { describe, expect, it } from 'vitest';
import { ingressOfOnePath } from '../../../../src/triage/rules/services/same-path.ts';
import { serviceOfTwoApps } from '../../../../src/triage/rules/services/two-apps.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { pod } from '../objects.ts';

describe('service/two-apps', () => {
  const service = (selector: object): Literal => ({
    kind: 'Service',
    metadata: { name: 'api', namespace: 'shop' },
    spec: { selector, ports: [{ port: 80 }] },
  });
  const apps = [
    pod('api-1', { labels: { app: 'api', team: 'pay' } }),
    pod('worker-1', { labels: { app: 'worker', team: 'pay' } }),
  ];
  it('warns of a selector that takes in two applications', () => {
    expect(findings(serviceOfTwoApps, [service({ team: 'pay' }), ...apps])).toMatchObject([
      { severity: 'warn', summary: 'the selector matches the pods of more than one application: app=api, app=worker' },
    ]);
  });
  it('accepts versions of one application, and pods that do not say of what they are', () => {
    const versions = ['1', '2'].map(v => pod(`api-${v}`, { labels: { app: 'api', team: 'pay', version: v } }));
    expect(findings(serviceOfTwoApps, [service({ team: 'pay' }), ...versions])).toEqual([]);
    expect(findings(serviceOfTwoApps, [service({ app: 'api' }), ...apps])).toEqual([]);
  });
});

describe('ingress/same-path', () => {
  const ingress = (name: string, path: string, minutes: number, more: object = {}, annotations = {}): Literal => ({
    kind: 'Ingress',
    metadata: { name, namespace: 'shop', creationTimestamp: ago(minutes), annotations },
    spec: {
      ingressClassName: 'nginx',
      rules: [
        { host: 'shop.example.com', http: { paths: [{ path, pathType: 'Prefix', backend: { service: { name } } }] } },
      ],
      ...more,
    },
  });
  it('accuses the newer of two that claim one path', () => {
    const [found] = findings(ingressOfOnePath, [ingress('copy', '/', 10), ingress('web', '/', 90)]);
    expect(found).toMatchObject({ severity: 'warn', object: { name: 'copy' } });
    expect(found?.summary).toBe(
      'Ingress shop/web claims the same host and path, shop.example.com/, for another backend',
    );
  });
  it('accepts other paths, other classes and canaries', () => {
    expect(findings(ingressOfOnePath, [ingress('api', '/api', 10), ingress('web', '/', 90)])).toEqual([]);
    expect(
      findings(ingressOfOnePath, [ingress('api', '/', 10, { ingressClassName: 'inner' }), ingress('web', '/', 90)]),
    ).toEqual([]);
    const canary = ingress('canary', '/', 10, {}, { 'nginx.ingress.kubernetes.io/canary': 'true' });
    expect(findings(ingressOfOnePath, [canary, ingress('web', '/', 90)])).toEqual([]);
  });
});
