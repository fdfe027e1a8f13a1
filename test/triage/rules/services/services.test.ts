import { describe, expect, it } from 'vitest';
import { noReadyPods, serviceSelector, slicesStale } from '../../../../src/triage/rules/services/no-endpoints.ts';
import { targetPort } from '../../../../src/triage/rules/services/target-port.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const service = (spec: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): Literal => ({
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: ago(900), ...metadata },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
});
const slice = (ready: boolean[], ports: object[] = [{ name: 'http', port: 8080 }]): Literal => ({
  kind: 'EndpointSlice',
  metadata: { name: 'web-x', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: ready.map((one, index) => ({ addresses: [`10.0.0.${index}`], conditions: { ready: one } })),
  ports,
});
const ported = (ports: object[], more: Record<string, unknown> = {}) =>
  pod('web-1', { spec: { containers: [{ name: 'web', image: 'a', ports, ...more }] } });
const template = { metadata: { labels: { app: 'web' } } };

describe('service/selector', () => {
  it('names the pods that nearly match, and corrects the selector', () => {
    const objects = [service({ selector: { app: 'wbe' } }), ...deployment([pod('web-1')], { template }), slice([])];
    const [found] = findings(serviceSelector, objects);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Service', name: 'web' } });
    expect(found?.summary).toContain('it selects app=wbe (there is app=web)');
    expect(found?.fixes[0]?.command).toBe(
      `kubectl --context test patch service web -n shop --type=merge -p '{"spec":{"selector":{"app":"web"}}}'`,
    );
  });

  it('takes the wrong key out of the selector', () => {
    const objects = [
      service({ selector: { 'app.kubernetes.io/name': 'web' } }),
      ...deployment([pod('web-1')], { template }),
    ];
    expect(findings(serviceSelector, objects)[0]?.fixes[0]?.command).toContain(
      '{"spec":{"selector":{"app.kubernetes.io/name":null,"app":"web"}}}',
    );
  });

  it('only warns of a Service that nobody needs and that resembles nothing', () => {
    const orphan = service({ selector: { app: 'billing' } });
    expect(findings(serviceSelector, [orphan])[0]).toMatchObject({ severity: 'warn' });
    const ingress: Literal = {
      kind: 'Ingress',
      metadata: { name: 'shop', namespace: 'shop' },
      spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }] },
    };
    expect(findings(serviceSelector, [orphan, ingress])[0]).toMatchObject({ severity: 'high' });
  });

  it('leaves Services without a selector, of workloads at zero, and new ones alone', () => {
    const zero = deployment([], { replicas: 0, template });
    expect(findings(serviceSelector, [service(), ...zero])).toEqual([]);
    expect(findings(serviceSelector, [service({ selector: undefined })])).toEqual([]);
    expect(findings(serviceSelector, [service({ selector: { app: 'x' } }, { creationTimestamp: ago(0.5) })])).toEqual(
      [],
    );
  });
});

describe('service/no-endpoints', () => {
  it('is explained by the pods, and since when the last of them became unready', () => {
    const sick = pod('web-1', {
      minutes: 7,
      containers: { web: { state: { waiting: { reason: 'ImagePullBackOff' } } } },
    });
    const [found] = findings(noReadyPods, [service(), ...deployment([sick], { template }), slice([false])]);
    expect(found).toMatchObject({
      severity: 'high',
      summary: 'no endpoints: its only pod is not ready',
      since: { at: Date.parse(ago(7)), exact: true },
    });
    expect(found?.because).toContainEqual({ kind: 'Deployment', namespace: 'shop', name: 'web' });
    expect(found?.because).not.toContainEqual({ kind: 'Service', namespace: 'shop', name: 'web' });
  });

  it('is no failure where the workload is scaled to zero', () => {
    expect(findings(noReadyPods, [service(), ...deployment([], { replicas: 0, template })])[0]).toMatchObject({
      severity: 'info',
    });
  });

  it('is critical for the DNS of the cluster', () => {
    const dns = service({ selector: { app: 'coredns' } }, { name: 'kube-dns', namespace: 'kube-system' });
    const sick = pod('coredns-1', {
      labels: { app: 'coredns' },
      metadata: { namespace: 'kube-system' },
      containers: { web: { state: { waiting: { reason: 'CrashLoopBackOff' } } } },
    });
    expect(findings(noReadyPods, [dns, sick])[0]).toMatchObject({ severity: 'critical' });
  });

  it('says nothing where an endpoint is ready', () => {
    const objects = [service(), ...deployment([pod('web-1')], { template }), slice([true])];
    expect([
      ...findings(noReadyPods, objects),
      ...findings(serviceSelector, objects),
      ...findings(slicesStale, objects),
    ]).toEqual([]);
  });
});

it('service/slices-stale: pods are ready and the slices do not know', () => {
  const objects = [service(), ...deployment([pod('web-1')], { template }), slice([])];
  expect(findings(slicesStale, objects)[0]).toMatchObject({ severity: 'high' });
  expect(findings(noReadyPods, objects)).toEqual([]);
  const justNow = [service(), ...deployment([pod('web-1', { minutes: 0.5 })], { template }), slice([])];
  expect(findings(slicesStale, justNow)).toEqual([]);
});

describe('service/target-port', () => {
  it('names the port that was probably meant', () => {
    const objects = [
      service({ ports: [{ port: 80, targetPort: 'http-api' }] }),
      ported([{ name: 'http', containerPort: 8080 }]),
      slice([true], []),
    ];
    const [found] = findings(targetPort, objects);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Service', name: 'web' } });
    expect(found?.summary).toBe(
      'port 80: target port http-api is not the name of any port of its pods; they have http 8080',
    );
    expect(found?.fixes[0]?.command).toContain(`'[{"op":"replace","path":"/spec/ports/0/targetPort","value":"http"}]'`);
  });

  it('counts the protocol, and ports of native sidecars', () => {
    const udp = service({ ports: [{ port: 53, targetPort: 'dns', protocol: 'UDP' }] });
    expect(findings(targetPort, [udp, ported([{ name: 'dns', containerPort: 53 }])])[0]?.severity).toBe('high');
    expect(findings(targetPort, [udp, ported([{ name: 'dns', containerPort: 53, protocol: 'UDP' }])])).toEqual([]);
    const sidecar = pod('web-1', {
      spec: {
        initContainers: [
          { name: 'proxy', image: 'a', restartPolicy: 'Always', ports: [{ name: 'http', containerPort: 1 }] },
        ],
      },
    });
    expect(findings(targetPort, [service(), sidecar])).toEqual([]);
  });

  it('fails a wrong number only where a probe proves the other one', () => {
    const wrong = service({ ports: [{ port: 80, targetPort: 8081 }] });
    const probe = { readinessProbe: { httpGet: { path: '/', port: 'http' } } };
    const [proven] = findings(targetPort, [wrong, ported([{ name: 'http', containerPort: 8080 }], probe)]);
    expect(proven).toMatchObject({ severity: 'high' });
    expect(proven?.fixes[0]?.command).toContain('"value":8080');
    expect(findings(targetPort, [wrong, ported([{ name: 'http', containerPort: 8080 }])])[0]).toMatchObject({
      severity: 'warn',
    });
    expect(findings(targetPort, [wrong, ported([])])).toEqual([]);
  });
});
