import { describe, expect, test } from 'vitest';
import { sanitise } from '../../../src/text/sanitise.ts';
import { refusalIn } from '../../../src/triage/facts/error-text.ts';
import { hitsIn, labelKeysIn } from '../../../src/triage/facts/policy-hits.ts';

const POST = 'Post "https://hook.tools.svc:443/validate?timeout=5s"';
const failed = (detail: string) =>
  `Internal error occurred: failed calling webhook "w.tools.dev": failed to call webhook: ${POST}: ${detail}`;

describe('a webhook that cannot be called', () => {
  test.each([
    ['no endpoints available for service "hook"', 'no endpoints'],
    ['service "hook" not found', 'service not found'],
    ['no service port 443 found for service "hook"', 'no such port'],
    ['dial tcp 10.96.0.12:443: connect: connection refused', 'connection refused'],
    ['context deadline exceeded', 'timeout'],
    [
      'net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)',
      'timeout',
    ],
    ['dial tcp 10.96.0.12:443: connect: no route to host', 'no route'],
    [
      'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-28T15:00:00Z is after 2026-11-25T15:00:00Z',
      'certificate expired',
    ],
    ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'unknown authority'],
    [
      'tls: failed to verify certificate: x509: certificate is valid for other.tools.svc, not hook.tools.svc',
      'wrong name in certificate',
    ],
    ['EOF', 'connection closed'],
  ])('%s', (detail, how) => {
    expect(refusalIn(failed(detail))).toMatchObject({
      is: 'webhook unavailable',
      webhook: 'w.tools.dev',
      how,
      service: { namespace: 'tools', name: 'hook', port: 443 },
    });
  });

  test('is read before the denial that passes it on', () => {
    const text =
      'admission webhook "inferenceservice.kserve-webhook-server.validator" denied the request: Internal error occurred: no endpoints available for service "kserve-webhook-server-service"';
    expect(refusalIn(text)).toMatchObject({
      is: 'webhook unavailable',
      webhook: 'inferenceservice.kserve-webhook-server.validator',
      how: 'no endpoints',
      service: { name: 'kserve-webhook-server-service' },
    });
  });

  test('is found in what Argo CD wraps it in', () => {
    const text = `one or more objects failed to apply, reason: ${failed('service "hook" not found')} (retried 5 times).`;
    expect(refusalIn(text)).toMatchObject({ is: 'webhook unavailable', how: 'service not found' });
  });

  test('is told from the conversion webhook of a CRD', () => {
    const text =
      'conversion webhook for demo.example.com/v1beta1, Kind=Widget failed: Post "https://widget-conversion.demo.svc:443/convert?timeout=30s": service "widget-conversion" not found';
    expect(refusalIn(text)).toEqual({
      is: 'conversion failed',
      group: 'demo.example.com',
      version: 'v1beta1',
      kind: 'Widget',
      how: 'service not found',
      detail:
        'Post "https://widget-conversion.demo.svc:443/convert?timeout=30s": service "widget-conversion" not found',
      service: { namespace: 'demo', name: 'widget-conversion', port: 443 },
    });
  });
});

describe('a policy that refuses', () => {
  const kyverno = `admission webhook "validate.kyverno.svc-fail" denied the request: 

resource InferenceService/default/test-model was blocked due to the following policies 

require-standard-labels:
  check-owner-and-cost-center: 'validation error: must set metadata.labels.owner and
    metadata.labels.cost-center. rule check-owner-and-cost-center failed
    at path /metadata/labels/cost-center/'
  check-team: 'validation error: team''s label. rule check-team failed at path /metadata/labels/acme.io/team/'
other-policy:
  no-latest: validation error of an unquoted kind
`;
  test.each([kyverno, String(sanitise(kyverno)), kyverno.replace(/\s+/g, ' ')])(
    'Kyverno names policies, rules and the path that failed',
    text => {
      const refusal = refusalIn(text);
      if (refusal?.is !== 'webhook denied') throw new Error(JSON.stringify(refusal));
      expect(refusal.webhook).toBe('validate.kyverno.svc-fail');
      expect(refusal.hits.map(({ policy, rule }) => [policy, rule]).slice(0, 2)).toEqual([
        ['require-standard-labels', 'check-owner-and-cost-center'],
        ['require-standard-labels', 'check-team'],
      ]);
      expect(refusal.hits.slice(0, 2).flatMap(labelKeysIn)).toEqual(['cost-center', 'acme.io/team']);
    },
  );

  test('Gatekeeper names the constraint', () => {
    const hits = hitsIn('[require-owner] you must provide labels: {"owner", "team"}');
    expect(hits).toEqual([{ policy: 'require-owner', message: 'you must provide labels: {"owner", "team"}' }]);
    expect(hits.flatMap(labelKeysIn)).toEqual(['owner', 'team']);
  });

  test('a ValidatingAdmissionPolicy names itself and its binding', () => {
    expect(
      refusalIn(
        `deployments.apps "web" is forbidden: ValidatingAdmissionPolicy 'limits' with binding 'limits-shop' denied request: failed to configure binding: no params found for policy binding with \`Deny\` parameterNotFoundAction`,
      ),
    ).toMatchObject({ is: 'policy denied', policy: 'limits', binding: 'limits-shop', paramsMissing: true });
  });

  test('PodSecurity names its level', () => {
    expect(
      refusalIn(
        'pods "web-5d4-" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "web" must set securityContext.allowPrivilegeEscalation=false)',
      ),
    ).toMatchObject({ is: 'pod security', level: 'restricted:latest' });
  });
});

describe('limits', () => {
  test('a full quota is named with what is asked, used and allowed', () => {
    expect(
      refusalIn(
        'pods "web-1" is forbidden: exceeded quota: team, requested: pods=1,requests.cpu=500m, used: pods=9,requests.cpu=4, limited: pods=9,requests.cpu=4',
      ),
    ).toEqual({
      is: 'quota exceeded',
      quota: 'team',
      lines: [
        { resource: 'pods', requested: '1', used: '9', limited: '9' },
        { resource: 'requests.cpu', requested: '500m', used: '4', limited: '4' },
      ],
    });
  });
  test('a quota that wants values', () => {
    expect(
      refusalIn(
        'pods "web-1" is forbidden: failed quota: team: must specify limits.cpu for: web; requests.cpu for: web',
      ),
    ).toEqual({
      is: 'quota needs values',
      quota: 'team',
      missing: 'limits.cpu for: web; requests.cpu for: web',
    });
  });
  test.each([
    'pods "web-1" is forbidden: maximum cpu usage per Container is 500m, but limit is 1',
    'pods "web-1" is forbidden: [maximum cpu usage per Container is 500m, but limit is 1, minimum memory usage per Container is 64Mi, but request is 1Mi]',
    'pods "web-1" is forbidden: cpu max limit to request ratio per Container is 2, but provided ratio is 5.000000',
  ])('a limit range: %s', text => expect(refusalIn(text)?.is).toBe('limit range'));
});

describe('objects that cannot be as wanted', () => {
  test.each([
    [
      'ConfigMap "flags" is invalid: data: Forbidden: field is immutable when `immutable` is set',
      'ConfigMap',
      'flags',
      'data',
    ],
    [
      'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
      'Deployment',
      'web',
      'spec.selector',
    ],
    [
      "StatefulSet.apps \"db\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template' are forbidden",
      'StatefulSet',
      'db',
      'spec',
    ],
    [
      'Service "db" is invalid: spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set',
      'Service',
      'db',
      'spec.clusterIPs[0]',
    ],
    [
      'PersistentVolumeClaim "data" is invalid: spec: Forbidden: spec is immutable after creation except resources.requests',
      'PersistentVolumeClaim',
      'data',
      'spec',
    ],
  ])('immutable: %s', (text, kind, name, field) => {
    expect(refusalIn(text)).toMatchObject({ is: 'immutable field', kind, name, field });
  });
  test.each([
    [
      'no matches for kind "Widget" in version "demo.example.com/v1"',
      { kind: 'Widget', group: 'demo.example.com', version: 'v1' },
    ],
    [
      'The Kubernetes API could not find serving.kserve.io/InferenceService for requested resource models/churn. Make sure the "InferenceService" CRD is installed on the destination cluster.',
      { kind: 'InferenceService', group: 'serving.kserve.io' },
    ],
    [
      'The Kubernetes API could not find version "v1beta1" of policy/PodDisruptionBudget for requested resource shop/web.',
      { kind: 'PodDisruptionBudget', group: 'policy', version: 'v1beta1' },
    ],
    ['the server could not find the requested resource', {}],
  ])('no such kind: %s', (text, rest) => expect(refusalIn(text)).toEqual({ is: 'no such kind', ...rest }));
  test('missing objects and accounts', () => {
    expect(refusalIn('namespaces "shop" not found')).toEqual({
      is: 'not found',
      resource: 'namespaces',
      name: 'shop',
    });
    expect(
      refusalIn('pods "web-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found'),
    ).toEqual({
      is: 'service account missing',
      namespace: 'shop',
      name: 'web',
    });
  });
  test('a namespace that goes', () =>
    expect(
      refusalIn(
        'configmaps "x" is forbidden: unable to create new content in namespace old because it is being terminated',
      ),
    ).toEqual({
      is: 'namespace terminating',
      namespace: 'old',
    }));
  test('what a user may not do, and the role that is gone', () => {
    expect(
      refusalIn(
        'deployments.apps is forbidden: User "system:serviceaccount:argocd:argocd-application-controller" cannot create resource "deployments" in API group "apps" in the namespace "shop": RBAC: clusterrole.rbac.authorization.k8s.io "argocd" not found',
      ),
    ).toEqual({
      is: 'forbidden',
      user: 'system:serviceaccount:argocd:argocd-application-controller',
      verb: 'create',
      resource: 'deployments',
      group: 'apps',
      namespace: 'shop',
      roleMissing: 'argocd',
    });
  });
  test('an annotation that is too long for a client-side apply', () =>
    expect(
      refusalIn(
        'CustomResourceDefinition.apiextensions.k8s.io "x" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
      ),
    ).toEqual({
      is: 'too long',
      field: 'metadata.annotations',
    }));
});

test('a gRPC server that nobody answers for', () => {
  expect(
    refusalIn(
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 10.96.4.4:8081: connect: connection refused"',
    ),
  ).toMatchObject({ is: 'unreachable', how: 'connection refused' });
});

test.each([
  '',
  'Deployment exceeded its progress deadline',
  'successfully synced',
  'waiting for healthy state of apps/Deployment/web',
])('nothing is read into %j', text => expect(refusalIn(text)).toBeUndefined());
