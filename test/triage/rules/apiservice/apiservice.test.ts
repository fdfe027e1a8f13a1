import { describe, expect, test } from 'vitest';
import { apiserviceScaledToZero, apiserviceUnavailable } from '../../../../src/triage/rules/apiservice/unavailable.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, causesOf, commandsOf, findings, wordsOf } from '../findings.ts';

const apiService = (status: string, reason: string, message: string, minutes = 20): Literal => ({
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    service: { namespace: 'kube-system', name: 'metrics-server', port: 443 },
  },
  status: { conditions: [{ type: 'Available', status, reason, message, lastTransitionTime: ago(minutes) }] },
});
const NAMESPACE: Literal = { kind: 'Namespace', metadata: { name: 'kube-system' } };
const service = (port = 443): Literal => ({
  kind: 'Service',
  metadata: { name: 'metrics-server', namespace: 'kube-system' },
  spec: { selector: { app: 'metrics-server' }, ports: [{ name: 'https', port, targetPort: 'https' }] },
});
const deployment = (replicas: number): Literal => ({
  kind: 'Deployment',
  metadata: { name: 'metrics-server', namespace: 'kube-system' },
  spec: { replicas, template: { metadata: { labels: { app: 'metrics-server' } } } },
});
const missing = apiService(
  'False',
  'MissingEndpoints',
  'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
);

describe('apiservice/unavailable', () => {
  test('names the workload that serves it as a cause', () => {
    const [found] = findings(apiserviceUnavailable, [NAMESPACE, service(), deployment(1), missing]);
    expect(found).toMatchObject({
      severity: 'high',
      since: { exact: true },
      summary:
        'the aggregated API metrics.k8s.io/v1beta1 is unavailable (MissingEndpoints): Service kube-system/metrics-server has no endpoints',
    });
    expect(causesOf(found as never)).toEqual(
      expect.arrayContaining(['Deployment/kube-system/metrics-server', 'Service/kube-system/metrics-server']),
    );
  });
  test('a certificate of another authority than the caBundle: the caBundle is to be corrected', () => {
    const words =
      'failing or missing response from https://10.1.1.1:443/apis/metrics.k8s.io/v1beta1: tls: failed to verify certificate: x509: certificate signed by unknown authority';
    const failing = apiService('False', 'FailedDiscoveryCheck', words);
    const [found] = findings(apiserviceUnavailable, [NAMESPACE, service(), deployment(1), failing]);
    expect(found?.fixes[0]?.text).toContain('Set spec.caBundle to the CA');
  });
  test('left behind without its Service it is stale, and deleted after it was saved', () => {
    const [found] = findings(apiserviceUnavailable, [
      NAMESPACE,
      apiService('False', 'ServiceNotFound', 'service/metrics-server in "kube-system" is not present'),
    ]);
    expect(wordsOf(found as never)).toContain('stale');
    expect(commandsOf(found as never)[0]).toContain('delete apiservice v1beta1.metrics.k8s.io');
  });
  test('a port that the Service does not have is corrected', () =>
    expect(
      commandsOf(findings(apiserviceUnavailable, [NAMESPACE, service(8443), deployment(1), missing])[0] as never)[0],
    ).toContain('"port":8443'));
  test('a discovery that fails says how', () =>
    expect(
      findings(apiserviceUnavailable, [
        NAMESPACE,
        apiService(
          'False',
          'FailedDiscoveryCheck',
          'failing or missing response from https://10.244.0.7:6443/apis/metrics.k8s.io/v1beta1: Get "https://10.244.0.7:6443/apis/metrics.k8s.io/v1beta1": tls: failed to verify certificate: x509: certificate signed by unknown authority',
        ),
        service(),
        {
          kind: 'EndpointSlice',
          metadata: { name: 'm', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'metrics-server' } },
          ports: [{ name: 'https' }],
          endpoints: [{ addresses: ['10.244.0.7'] }],
        },
      ])[0]?.summary,
    ).toContain('unknown authority'));
  test('available, local, or in its first minute it is none', () => {
    expect(findings(apiserviceUnavailable, [NAMESPACE, apiService('True', 'Passed', '')])).toEqual([]);
    expect(findings(apiserviceUnavailable, [NAMESPACE, apiService('False', 'MissingEndpoints', '', 0.5)])).toEqual([]);
    expect(
      findings(apiserviceUnavailable, [
        {
          kind: 'APIService',
          metadata: { name: 'v1.apps' },
          spec: { group: 'apps', version: 'v1' },
          status: { conditions: [{ type: 'Available', status: 'False' }] },
        },
      ]),
    ).toEqual([]);
  });
});

test('apiservice/scaled-to-zero accuses the workload', () => {
  expect(findings(apiserviceScaledToZero, [NAMESPACE, service(), deployment(0), missing])[0]).toMatchObject({
    severity: 'high',
    object: { kind: 'Deployment', name: 'metrics-server' },
  });
  expect(findings(apiserviceScaledToZero, [NAMESPACE, service(), deployment(1), missing])).toEqual([]);
});
