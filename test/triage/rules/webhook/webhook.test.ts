import { describe, expect, test } from 'vitest';
import { webhookCaBundle } from '../../../../src/triage/rules/webhook/ca-bundle.ts';
import { webhookCertificate } from '../../../../src/triage/rules/webhook/certificate.ts';
import { webhookFailing, webhookNetworkPolicy } from '../../../../src/triage/rules/webhook/failing.ts';
import { webhookRules } from '../../../../src/triage/rules/webhook/index.ts';
import { webhookNoEndpoints, webhookScaledToZero } from '../../../../src/triage/rules/webhook/no-endpoints.ts';
import { webhookNoPort } from '../../../../src/triage/rules/webhook/no-port.ts';
import { webhookNoService, webhookStale } from '../../../../src/triage/rules/webhook/no-service.ts';
import { webhookSingle, webhookSlow, webhookUnroutable } from '../../../../src/triage/rules/webhook/risks.ts';
import {
  AUTHORITY,
  EXPIRED,
  EXPIRED_AUTHORITY,
  inBase64,
  OTHER_AUTHORITY,
  OTHER_NAME,
  SERVING,
  SOON,
} from '../certificates.ts';
import { causesOf, commandsOf, findings, wordsOf } from '../findings.ts';
import {
  callFailed,
  configuration,
  deployment,
  NAMESPACES,
  pod,
  rejected,
  replicaSet,
  service,
  slice,
} from './hook.ts';

const ALIVE = [...NAMESPACES, service(), slice([true, true]), deployment(), replicaSet, pod(true)];

test.each(webhookRules)('$id says nothing of a webhook that works', rule =>
  expect(findings(rule, [...ALIVE, configuration()])).toEqual([]),
);

describe('webhook/stale and webhook/no-service', () => {
  test('nobody claims a configuration whose Service is gone: it is stale, and deleted after it was saved', () => {
    const [found] = findings(webhookStale, [...NAMESPACES, configuration()]);
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'ValidatingWebhookConfiguration', name: 'checks' },
    });
    expect(wordsOf(found as never)).toContain(
      'blocks: CREATE, UPDATE of ingresses.networking.k8s.io in all namespaces',
    );
    expect(commandsOf(found as never)[0]).toBe(
      'kubectl --context test get validatingwebhookconfiguration checks -o yaml > checks.yaml && kubectl --context test delete validatingwebhookconfiguration checks',
    );
    expect(findings(webhookNoService, [...NAMESPACES, configuration()])).toEqual([]);
  });
  test('a namespace that is gone is as good as a Service that is gone', () =>
    expect(wordsOf(findings(webhookStale, [NAMESPACES[1] as never, configuration()])[0] as never)).toContain(
      'namespace missing',
    ));
  test('where a workload waits for its Service, the Service is missing and the configuration is not stale', () => {
    const objects = [...NAMESPACES, configuration(), deployment()];
    expect(findings(webhookStale, objects)).toEqual([]);
    expect(findings(webhookNoService, objects)[0]).toMatchObject({ rule: 'webhook/no-service', severity: 'high' });
  });
  test('a Service of nearly that name is named, with the patch to it', () => {
    const other = { ...service(), metadata: { name: 'hooks', namespace: 'tools' } };
    const [found] = findings(webhookNoService, [...NAMESPACES, configuration(), deployment(), other]);
    expect(found?.cause).toContain('There is a Service hooks');
    expect(commandsOf(found as never)[0]).toContain('/webhooks/0/clientConfig/service/name');
  });
  test('the dead one of several webhooks is taken out alone', () => {
    const both = configuration();
    const alive = {
      ...(both.webhooks as object[])[0],
      name: 'alive.tools.dev',
      clientConfig: { service: { namespace: 'shop', name: 'ok' } },
    };
    const ok = { ...service(), metadata: { name: 'ok', namespace: 'shop' } };
    const slices = {
      ...slice([true]),
      metadata: { name: 'ok-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'ok' } },
    };
    const [found] = findings(webhookStale, [
      ...NAMESPACES,
      { ...both, webhooks: [...(both.webhooks as object[]), alive] },
      ok,
      slices,
    ]);
    expect(commandsOf(found as never)[0]).toContain('"op":"remove","path":"/webhooks/0"');
  });
  test('what is called for nothing breaks nothing', () => {
    const nowhere = { namespaceSelector: { matchLabels: { checked: 'yes' } } };
    expect(findings(webhookStale, [...NAMESPACES, configuration(nowhere)])[0]?.severity).toBe('warn');
    expect(findings(webhookStale, [...NAMESPACES, configuration({ failurePolicy: 'Ignore' })])[0]?.severity).toBe(
      'warn',
    );
    const unserved = {
      rules: [{ apiGroups: ['gone.dev'], apiVersions: ['v1'], resources: ['things'], operations: ['*'] }],
    };
    expect(findings(webhookStale, [...NAMESPACES, configuration(unserved)])[0]?.severity).toBe('warn');
  });
  test('what the cluster lives on makes it critical', () => {
    const pods = { rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }] };
    expect(findings(webhookStale, [...NAMESPACES, configuration(pods)])[0]?.severity).toBe('critical');
  });
});

describe('webhook/no-endpoints', () => {
  const crashing = {
    name: 'proxy',
    ready: false,
    state: { waiting: { reason: 'ImagePullBackOff', message: '403 Forbidden' } },
  };
  test('walks down to the container, and names the workload as a cause', () => {
    const [found] = findings(webhookNoEndpoints, [
      ...NAMESPACES,
      service(),
      slice([false]),
      deployment(),
      replicaSet,
      pod(false, [crashing]),
      configuration(),
    ]);
    expect(found).toMatchObject({ severity: 'high', since: { exact: true } });
    expect(wordsOf(found as never)).toContain(
      'pod hook-0 (Running): container proxy waiting ImagePullBackOff "403 Forbidden"',
    );
    expect(causesOf(found as never)).toEqual(
      expect.arrayContaining(['Service/tools/hook', 'Deployment/tools/hook', 'Pod/tools/hook-0', 'Node//node-1']),
    );
  });
  test('a selector that matches nothing names what comes nearest', () => {
    const [found] = findings(webhookNoEndpoints, [
      ...NAMESPACES,
      service({ selector: { app: 'hok' } }),
      deployment(),
      replicaSet,
      pod(true),
      configuration(),
    ]);
    expect(wordsOf(found as never)).toContain('Deployment tools/hook should serve it');
    expect(causesOf(found as never)).toContain('Service/tools/hook');
  });
  test('no workload anywhere: probably stale', () =>
    expect(findings(webhookNoEndpoints, [...NAMESPACES, service(), configuration()])[0]?.cause).toContain(
      'probably stale',
    ));
  test('a webhook that refuses its own pods is a deadlock, and the workload is not its cause', () => {
    const over = configuration({
      rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
    });
    const refused = deployment(
      {},
      {
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: callFailed('no endpoints available for service "hook"'),
          },
        ],
      },
    );
    const [found] = findings(webhookNoEndpoints, [...NAMESPACES, service(), refused, over]);
    expect(found).toMatchObject({ severity: 'critical', summary: expect.stringContaining('deadlock') });
    expect(found?.because).toEqual([{ kind: 'Deployment', namespace: 'tools', name: 'hook', rule: 'chaos/' }]);
  });
  test('a workload at zero is told to be scaled up, on the workload itself', () => {
    const objects = [...NAMESPACES, service(), deployment({ replicas: 0 }), configuration()];
    expect(findings(webhookScaledToZero, objects)[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'Deployment', name: 'hook' },
    });
    expect(commandsOf(findings(webhookScaledToZero, objects)[0] as never)[0]).toBe(
      'kubectl --context test scale deployment/hook -n tools --replicas=1',
    );
    expect(
      findings(webhookScaledToZero, [
        ...NAMESPACES,
        service(),
        deployment({ replicas: 0 }),
        configuration({ failurePolicy: 'Ignore' }),
      ]),
    ).toEqual([]);
  });
});

test('webhook/no-port names both ports', () => {
  const [found] = findings(webhookNoPort, [
    ...NAMESPACES,
    service({ ports: [{ name: 'https', port: 8443, targetPort: 'https' }] }),
    slice([true]),
    deployment(),
    configuration(),
  ]);
  expect(found?.summary).toBe('no service port 443 found for its Service tools/hook, which has 8443');
  expect(commandsOf(found as never)[0]).toContain('"path":"/webhooks/0/clientConfig/service/port","value":8443');
});

/** A webhook whose pod mounts its certificate from Secret `hook-tls`. */
const MOUNTING = [
  ...NAMESPACES,
  service(),
  slice([true, true]),
  deployment(),
  replicaSet,
  pod(true, [], [{ name: 'cert', secret: { secretName: 'hook-tls' } }]),
];

describe('webhook/certificate', () => {
  const mounting = [...MOUNTING, configuration()];
  test('expired: the Secret is accused, since then', () => {
    const [found] = findings(webhookCertificate, mounting, { certificates: { 'tools/hook-tls': EXPIRED } });
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Secret', namespace: 'tools', name: 'hook-tls' },
      since: { at: Date.parse('2026-11-25T00:00:00Z'), exact: true },
    });
    expect(found?.summary).toContain('expired');
  });
  test('valid: nothing; soon: a warning', () => {
    expect(findings(webhookCertificate, mounting, { certificates: { 'tools/hook-tls': SERVING } })).toEqual([]);
    expect(findings(webhookCertificate, mounting, { certificates: { 'tools/hook-tls': SOON } })[0]).toMatchObject({
      severity: 'warn',
      summary: expect.stringContaining('expires soon'),
    });
  });
  test('a certificate for another name is believed to be the one only where calls fail by it', () => {
    const told = { certificates: { 'tools/hook-tls': OTHER_NAME } };
    expect(findings(webhookCertificate, mounting, told)).toEqual([]);
    const call = rejected(
      callFailed(
        'tls: failed to verify certificate: x509: certificate is valid for other.tools.svc, not hook.tools.svc',
      ),
    );
    expect(findings(webhookCertificate, [...mounting, call], told)[0]).toMatchObject({
      severity: 'high',
      summary: expect.stringContaining('other.tools.svc, not hook.tools.svc'),
    });
  });
  test('where no pod mounts it, its name is guessed once calls fail by TLS', () => {
    const call = rejected(
      callFailed('tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time'),
    );
    expect(
      findings(webhookCertificate, [...ALIVE, configuration(), call], {
        certificates: { 'tools/hook-certs': EXPIRED },
      })[0]?.object.name,
    ).toBe('hook-certs');
  });
  test('a Secret that may not be read proves nothing', () =>
    expect(findings(webhookCertificate, mounting, { forbidden: ['tools/hook-tls'] })).toEqual([]));
});

describe('webhook/ca-bundle', () => {
  const withBundle = (caBundle: string, metadata = {}) =>
    configuration({ clientConfig: { service: { namespace: 'tools', name: 'hook', port: 443 }, caBundle } }, metadata);
  test('empty where an injector was to fill it', () => {
    const [found] = findings(webhookCaBundle, [
      ...ALIVE,
      withBundle('', { annotations: { 'cert-manager.io/inject-ca-from': 'tools/hook' } }),
      { kind: 'Deployment', metadata: { name: 'cert-manager-cainjector', namespace: 'cert-manager' }, spec: {} },
    ]);
    expect(found).toMatchObject({ severity: 'high', summary: expect.stringContaining('caBundle is empty') });
    expect(causesOf(found as never)).toEqual(
      expect.arrayContaining(['Deployment/cert-manager/cert-manager-cainjector', 'Certificate/tools/hook']),
    );
  });
  test('empty without anyone to fill it is a risk, until calls fail', () => {
    expect(findings(webhookCaBundle, [...ALIVE, withBundle('')])[0]?.severity).toBe('warn');
    const call = rejected(
      callFailed('tls: failed to verify certificate: x509: certificate signed by unknown authority'),
    );
    expect(findings(webhookCaBundle, [...ALIVE, withBundle(''), call])[0]?.severity).toBe('high');
  });
  test('an authority that expired', () =>
    expect(findings(webhookCaBundle, [...ALIVE, withBundle(inBase64(EXPIRED_AUTHORITY))])[0]?.summary).toContain(
      'has expired',
    ));
  test('an expired authority beside a valid one is left over from a rotation', () =>
    expect(findings(webhookCaBundle, [...ALIVE, withBundle(inBase64(EXPIRED_AUTHORITY + AUTHORITY))])).toEqual([]));
  test('text that is no certificate', () =>
    expect(findings(webhookCaBundle, [...ALIVE, withBundle(inBase64('Cg=='))])[0]?.summary).toContain(
      'no readable certificate',
    ));
  test('another authority than the one that signed', () => {
    const told = { certificates: { 'tools/hook-tls': SERVING } };
    expect(findings(webhookCaBundle, [...MOUNTING, withBundle(inBase64(OTHER_AUTHORITY))], told)[0]).toMatchObject({
      severity: 'high',
      summary: expect.stringContaining('unknown authority'),
    });
    expect(findings(webhookCaBundle, [...MOUNTING, withBundle(inBase64(AUTHORITY))], told)).toEqual([]);
  });
});

describe('webhook/failing', () => {
  const timeout = rejected(callFailed('context deadline exceeded'));
  const policy = {
    kind: 'NetworkPolicy',
    metadata: { name: 'deny', namespace: 'tools' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  test('calls time out though endpoints are ready', () =>
    expect(findings(webhookFailing, [...ALIVE, configuration(), timeout])[0]).toMatchObject({
      severity: 'high',
      summary: expect.stringContaining('timeout'),
    }));
  test('the NetworkPolicy that shuts the API server out explains it', () => {
    expect(findings(webhookNetworkPolicy, [...ALIVE, configuration(), timeout, policy])[0]).toMatchObject({
      severity: 'high',
      object: { kind: 'NetworkPolicy', name: 'deny' },
    });
    expect(causesOf(findings(webhookFailing, [...ALIVE, configuration(), timeout, policy])[0] as never)).toContain(
      'NetworkPolicy/tools/deny',
    );
    expect(findings(webhookNetworkPolicy, [...ALIVE, configuration(), policy])).toEqual([]);
    const open = { ...policy, spec: { ...policy.spec, ingress: [{ ports: [{ port: 9443 }] }] } };
    expect(findings(webhookNetworkPolicy, [...ALIVE, configuration(), timeout, open])).toEqual([]);
  });
  test('words about endpoints that have come back are old', () =>
    expect(
      findings(webhookFailing, [
        ...ALIVE,
        configuration(),
        rejected(callFailed('no endpoints available for service "hook"')),
      ]),
    ).toEqual([]));
  test('a webhook called by URL fails, too', () => {
    const url = configuration({ clientConfig: { url: 'https://hooks.example.com/check' } });
    expect(findings(webhookFailing, [...NAMESPACES, url, timeout])[0]?.severity).toBe('high');
  });
});

describe('risks', () => {
  test('headless Services and external names are doubted, and accused once a call failed', () => {
    const headless = [...NAMESPACES, service({ clusterIP: 'None' }), slice([true]), deployment(), configuration()];
    expect(findings(webhookUnroutable, headless)[0]?.severity).toBe('warn');
    const call = rejected(callFailed('dial tcp: lookup None: no such host'));
    expect(findings(webhookFailing, [...headless, call])[0]).toMatchObject({
      severity: 'high',
      evidence: expect.arrayContaining([expect.stringContaining('headless')]),
    });
  });
  test('a dead webhook that is ignored may cost time', () => {
    const slow = configuration({ failurePolicy: 'Ignore', timeoutSeconds: 30 });
    expect(findings(webhookSlow, [...NAMESPACES, service(), slow])[0]).toMatchObject({ severity: 'warn' });
    expect(
      findings(webhookSlow, [
        ...NAMESPACES,
        service(),
        configuration({ failurePolicy: 'Ignore', timeoutSeconds: 30, namespaceSelector: { matchLabels: { a: 'b' } } }),
      ]),
    ).toEqual([]);
  });
  test('one endpoint is a single point of failure', () =>
    expect(
      findings(webhookSingle, [...NAMESPACES, service(), slice([true, false]), deployment(), configuration()])[0]
        ?.severity,
    ).toBe('warn'));
});
