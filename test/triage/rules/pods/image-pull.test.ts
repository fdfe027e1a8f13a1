import { describe, expect, it } from 'vitest';
import { imagePull } from '../../../../src/triage/rules/pods/image-pull.ts';
import { imageParts, imageTrouble, movedImage } from '../../../../src/triage/rules/pods/image-pull-message.ts';
import { findings } from '../findings.ts';
import { deployment, pod, warning } from '../objects.ts';

const waiting = (reason: string, message?: string) => ({
  containers: { web: { state: { waiting: { reason, ...(message && { message }) } } } },
  status: { phase: 'Pending' },
});
const BACKOFF = 'Back-off pulling image "ghcr.io/shop/web:1"';
const earlier = {
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-old',
    namespace: 'shop',
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }],
  },
  spec: { replicas: 1, template: { spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:0.9' }] } } },
  status: { replicas: 1 },
};

describe('pod/image-pull', () => {
  it('is one finding on the Deployment for two pods, with the words of the registry and the image before', () => {
    const message = `${BACKOFF}: ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/shop/web:1": failed to resolve reference "ghcr.io/shop/web:1": ghcr.io/shop/web:1: not found`;
    const pods = [pod('web-1', waiting('ImagePullBackOff', message)), pod('web-2', waiting('ErrImagePull', message))];
    const [found, ...others] = findings(imagePull, [...deployment(pods), earlier]);
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      rule: 'pod/image-pull',
      severity: 'high',
      object: { kind: 'Deployment', name: 'web' },
    });
    expect(found?.summary).toContain('image pull fails for container web of 2 of 2 pods');
    expect(found?.summary).toContain('not found');
    expect(found?.cause).toContain('The previous revision used ghcr.io/shop/web:0.9');
    expect(found?.fixes.map(fix => fix.command)).toContain(
      'kubectl --context test rollout undo deployment/web -n shop',
    );
  });

  it('takes the words of the registry from the events where the status has only the back-off', () => {
    const events = [
      warning(
        'Pod',
        'shop',
        'web-1',
        'Failed',
        'Failed to pull image "ghcr.io/shop/web:1": rpc error: code = Unknown desc = unexpected status from HEAD request: 403 Forbidden',
      ),
      warning('Pod', 'shop', 'web-1', 'Failed', 'Error: ErrImagePull'),
      warning(
        'Pod',
        'shop',
        'web-1',
        'FailedToRetrieveImagePullSecret',
        'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.',
      ),
    ];
    const [found] = findings(imagePull, [
      ...deployment([pod('web-1', waiting('ImagePullBackOff', BACKOFF))]),
      ...events,
    ]);
    expect(found?.summary).toContain('pull secret regcred not found');
    expect(found?.fixes[0]?.command).toContain('create secret docker-registry regcred -n shop --docker-server=ghcr.io');
  });

  it('finds a sidecar whose registry was closed and says where the image went', () => {
    const image = 'gcr.io/kubebuilder/kube-rbac-proxy:v0.13.1';
    const sick = pod('web-1', {
      spec: {
        containers: [
          { name: 'manager', image: 'a' },
          { name: 'kube-rbac-proxy', image },
        ],
      },
      containers: {
        'kube-rbac-proxy': {
          state: { waiting: { reason: 'ImagePullBackOff', message: 'unexpected status code 403' } },
        },
      },
      status: { phase: 'Running' },
    });
    const [found] = findings(imagePull, deployment([sick]));
    expect(found?.summary).toContain('container kube-rbac-proxy');
    expect(found?.cause).toContain('quay.io/brancz/kube-rbac-proxy');
  });

  it('names a bare pod itself', () => {
    const [found] = findings(imagePull, [
      pod('web-1', waiting('InvalidImageName', 'couldn\'t parse image name "Web:1": invalid reference format')),
    ]);
    expect(found?.object).toMatchObject({ kind: 'Pod', name: 'web-1' });
    expect(found?.summary).toContain('not valid');
  });

  it('says nothing of pods in their first minute, of healthy ones and of those being deleted', () => {
    const young = pod('web-1', { ...waiting('ErrImagePull'), minutes: 0.5 });
    const leaving = pod('web-3', {
      ...waiting('ErrImagePull'),
      metadata: { deletionTimestamp: '2026-11-28T11:59:50Z' },
    });
    expect(findings(imagePull, deployment([young, pod('web-2'), leaving]))).toEqual([]);
  });
});

it.each([
  [
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope',
    'denied',
  ],
  ['429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit', 'rate limit'],
  [
    'failed to do request: Head "https://registry.invalid/v2/": dial tcp: lookup registry.invalid: no such host',
    'no such host',
  ],
  ['no match for platform in manifest: not found', 'wrong platform'],
  ['dial tcp 10.0.0.5:5000: connect: connection refused', 'unreachable'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'certificate'],
  ['manifest for nginx:1.99 not found: manifest unknown', 'not found'],
  ['write /var/lib/containerd/x: no space left on device', 'no space'],
])('%s means %s', (words, trouble) => {
  expect(imageTrouble('ErrImagePull', words)).toBe(trouble);
});

it('takes the name of an image apart', () => {
  expect(imageParts('localhost:5000/shop/web:1@sha256:00')).toEqual({
    registry: 'localhost:5000',
    repository: 'shop/web',
    tag: '1',
  });
  expect(imageParts('nginx')).toEqual({ registry: 'docker.io', repository: 'nginx', tag: '' });
  expect(movedImage('bitnami/postgresql:15')).toMatchObject({ now: 'docker.io/bitnamilegacy/postgresql:15' });
  expect(movedImage('gcr.io/kubebuilder/kube-rbac-proxy:v0.13.1')?.now).toBe('quay.io/brancz/kube-rbac-proxy:v0.13.1');
  expect(movedImage('k8s.gcr.io/pause:3.9')?.now).toBe('registry.k8s.io/pause:3.9');
  // What cannot be said for certain is left to a person: a digest, no tag at all, a place with other names.
  expect(movedImage('k8s.gcr.io/pause@sha256:00')).toEqual({ says: 'k8s.gcr.io was replaced by registry.k8s.io' });
  expect(movedImage('bitnami/redis')?.now).toBeUndefined();
  expect(movedImage('docker.pkg.github.com/shop/web/web:1')?.now).toBeUndefined();
  expect(movedImage('ghcr.io/bitnami/x:1')).toBeUndefined();
});
