import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { remediesOf } from '../../../src/triage/remedies/index.ts';
import type { Remedy } from '../../../src/triage/remedies/remedy.ts';
import { rollback } from '../../../src/triage/remedies/rollback.ts';
import { setImage } from '../../../src/triage/remedies/set-image.ts';
import { setSelector } from '../../../src/triage/remedies/set-selector.ts';
import { hardRefresh, restart, stripFinalizer, uncordon } from '../../../src/triage/remedies/simple.ts';
import { deleteStaleWebhook } from '../../../src/triage/remedies/stale-webhook.ts';
import { found } from '../support.ts';

const at = '2026-11-21T12:00:00Z';
const object = (
  kind: string,
  more: Record<string, unknown> = {},
  metadata: Record<string, unknown> = {},
): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: 'shop', uid: 'u1', resourceVersion: '7', ...metadata },
  ...more,
});
const plan = (
  remedy: Remedy,
  given: KubeObject,
  beside: KubeObject[] = [],
  finding = found('pod/x', 'Deployment/shop/web'),
) => {
  const planned = remedy.plan({ object: given, beside, at }, finding);
  if ('refusal' in planned) return planned.refusal;
  const [write] = planned.writes;
  return write?.verb === 'patch' ? write.body : write;
};

/** Every write is bound to this object, and all but a request to look again to this version of it. */
const bound = [
  { op: 'test', path: '/metadata/uid', value: 'u1' },
  { op: 'test', path: '/metadata/resourceVersion', value: '7' },
];

describe('what a fix writes', () => {
  test('uncordon takes the mark off, and refuses a node that has none', () => {
    expect(plan(uncordon, object('Node', { spec: { unschedulable: true } }))).toEqual([
      ...bound,
      { op: 'test', path: '/spec/unschedulable', value: true },
      { op: 'remove', path: '/spec/unschedulable' },
    ]);
    expect(plan(uncordon, object('Node', { spec: {} }))).toMatch(/is not cordoned/);
  });

  test('a hard refresh is one annotation', () => {
    const annotated = object('Application', {}, { annotations: { a: 'b' } });
    expect(plan(hardRefresh, annotated)).toEqual([
      bound[0],
      { op: 'add', path: '/metadata/annotations/argocd.argoproj.io~1refresh', value: 'hard' },
    ]);
  });

  test.each([
    ['a template without metadata', { spec: {} }],
    ['a template with annotations', { metadata: { annotations: { a: 'b' } } }],
    ['a template with labels only', { metadata: { labels: { a: 'b' } } }],
  ])('a restart stamps %s', (_, template) => {
    const written = plan(restart, object('Deployment', { spec: { template } }));
    expect(JSON.stringify(written)).toContain(at);
    expect(JSON.stringify(written)).not.toContain('undefined');
  });

  test('a paused deployment is not restarted', () => {
    expect(plan(restart, object('Deployment', { spec: { paused: true, template: {} } }))).toMatch(/paused/);
  });

  test('undo puts the newest earlier template back, without the label of its ReplicaSet', () => {
    const revision = (number: number) => ({ annotations: { 'deployment.kubernetes.io/revision': String(number) } });
    const replicaSet = (number: number, owner = 'u1') =>
      object(
        'ReplicaSet',
        {
          spec: { template: { metadata: { labels: { app: 'web', 'pod-template-hash': 'x' } }, spec: { rev: number } } },
        },
        { name: `web-${number}`, uid: `rs${number}`, ownerReferences: [{ uid: owner }], ...revision(number) },
      );
    const deployment = object('Deployment', { spec: { template: {} } }, revision(4));
    const beside = [replicaSet(2), replicaSet(3), replicaSet(4), replicaSet(9, 'other'), replicaSet(1)];
    expect(plan(rollback, deployment, beside)).toEqual([
      ...bound,
      { op: 'add', path: '/spec/template', value: { metadata: { labels: { app: 'web' } }, spec: { rev: 3 } } },
    ]);
    expect(plan(rollback, deployment, [replicaSet(4)])).toMatch(/no earlier revision/);
  });

  test('a rollback passes over revisions that differ only by a restart', () => {
    const template = (at: string, image: string) => ({
      metadata: { labels: { app: 'web' }, annotations: at === '' ? {} : { 'kubectl.kubernetes.io/restartedAt': at } },
      spec: { containers: [{ name: 'web', image }] },
    });
    const revision = (number: number) => ({ annotations: { 'deployment.kubernetes.io/revision': `${number}` } });
    const replicaSet = (number: number, at: string, image: string) =>
      object(
        'ReplicaSet',
        { spec: { template: template(at, image) } },
        { name: `web-${number}`, uid: `rs${number}`, ownerReferences: [{ uid: 'u1' }], ...revision(number) },
      );
    const deployment = object('Deployment', { spec: { template: template('later', 'web:2') } }, revision(3));
    const restarted = replicaSet(2, '', 'web:2');
    expect(plan(rollback, deployment, [restarted, replicaSet(1, '', 'web:1')])).toContainEqual({
      op: 'add',
      path: '/spec/template',
      value: template('', 'web:1'),
    });
    expect(plan(rollback, deployment, [restarted])).toMatch(/differ only by a restart/);
  });

  test('the image that the finding names is set in the container that it names, and nothing is set that a person must fill in', () => {
    const withCommand = (image: string) => ({
      ...found('pod/image-pull', 'Deployment/shop/web'),
      fixes: [
        { text: 't', safe: true, command: `kubectl --context c set image deployment/web -n shop proxy=${image}` },
      ] as never,
    });
    const deployment = object('Deployment', {
      spec: {
        template: {
          spec: {
            containers: [
              { name: 'web', image: 'web:1' },
              { name: 'proxy', image: 'gcr.io/kubebuilder/kube-rbac-proxy:v0.13.1' },
            ],
          },
        },
      },
    });
    const moved = withCommand('quay.io/brancz/kube-rbac-proxy:v0.13.1');
    expect(remediesOf(moved).map(({ name }) => name)).toEqual(['set-image', 'undo']);
    expect(plan(setImage, deployment, [], moved)).toEqual([
      ...bound,
      { op: 'test', path: '/spec/template/spec/containers/1/name', value: 'proxy' },
      {
        op: 'add',
        path: '/spec/template/spec/containers/1/image',
        value: 'quay.io/brancz/kube-rbac-proxy:v0.13.1',
      },
    ]);
    expect(plan(setImage, object('Deployment', { spec: {} }), [], moved)).toMatch(/has no container proxy any more/);
    for (const open of ['NEW-IMAGE', 'ghcr.io/shop/proxy:TAG'])
      expect(remediesOf(withCommand(open)).map(({ name }) => name)).toEqual(['undo']);
  });

  test('the selector that the finding names, and none that a person must fill in', () => {
    const withPatch = (patch: string) => ({
      ...found('service/selector', 'Service/shop/web'),
      fixes: [
        {
          text: 'x' as never,
          safe: true,
          command: `kubectl patch service web -n shop --type=merge -p '${patch}'` as never,
        },
      ],
    });
    const named = withPatch('{"spec":{"selector":{"app":"web"}}}');
    const service = (selector: object) => object('Service', { spec: { selector, ports: [] } });
    expect(remediesOf(named).map(({ name }) => name)).toEqual(['set-selector']);
    expect(plan(setSelector, service({ app: 'wbe', tier: 'front' }), [], named)).toEqual([
      ...bound,
      { op: 'test', path: '/spec/selector/app', value: 'wbe' },
      { op: 'add', path: '/spec/selector/app', value: 'web' },
    ]);
    expect(plan(setSelector, service({ app: 'web' }), [], named)).toMatch(/has that selector already/);
    expect(plan(setSelector, service({ tier: 'front' }), [], named)).toMatch(/does not select by app any more/);
    for (const other of [
      '{"spec":{"type":"NodePort"}}',
      '{"spec":{"selector":{"app":1}}}',
      'no JSON',
      '{"spec":{"selector":{"a":"b"},"type":"x"}}',
    ])
      expect(remediesOf(withPatch(other))).toEqual([]);
  });

  test('one finalizer goes, and only that, by its place and its name', () => {
    const finding = found('namespaces/finalizer', 'ConfigMap/shop/web', [], {
      summary: 'stuck Terminating: finalizer gone.io/b is not removed, its controller is gone or has no ready pod',
    });
    const held = object('ConfigMap', {}, { deletionTimestamp: at, finalizers: ['alive.io/a', 'gone.io/b'] });
    expect(plan(stripFinalizer, held, [], finding)).toEqual([
      ...bound,
      { op: 'test', path: '/metadata/finalizers/1', value: 'gone.io/b' },
      { op: 'remove', path: '/metadata/finalizers/1' },
    ]);
    const kept = object('ConfigMap', {}, { finalizers: ['gone.io/b'] });
    expect(plan(stripFinalizer, kept, [], finding)).toMatch(/is not being deleted/);
    const two = {
      ...finding,
      summary:
        'stuck: finalizer alive.io/a, gone.io/b is not removed, its controller is gone or has no ready pod' as never,
    };
    expect(plan(stripFinalizer, held, [], two)).toMatch(/expected one finalizer/);
  });

  test('a webhook that somebody keeps is not deleted', () => {
    const kept = object('ValidatingWebhookConfiguration', {}, { annotations: { 'meta.helm.sh/release-name': 'hook' } });
    expect(plan(deleteStaleWebhook, kept)).toMatch(/is not deleted: Helm release hook manages this object/);
    expect(plan(deleteStaleWebhook, object('ValidatingWebhookConfiguration'))).toMatchObject({
      verb: 'delete',
      precondition: { uid: 'u1', resourceVersion: '7' },
    });
  });
});

test('who would undo it is said', () => {
  const tracked = object(
    'Deployment',
    { spec: { template: {} } },
    {
      annotations: { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' },
    },
  );
  const planned = restart.plan({ object: tracked, beside: [], at }, found('pod/x', 'Deployment/shop/web'));
  expect(planned).toMatchObject({
    warnings: [expect.stringContaining('Argo CD application shop manages this object')],
  });
});

test('each finding has the fixes that fit it, and most have none', () => {
  const names = (rule: string, what: string, summary = 's') =>
    remediesOf(found(rule, what, [], { summary })).map(({ name }) => name);
  expect(names('node/cordoned', 'Node/n')).toEqual(['uncordon']);
  expect(names('pods/crash-loop', 'Deployment/shop/web')).toEqual(['undo', 'restart']);
  expect(names('pods/crash-loop', 'StatefulSet/shop/web')).toEqual(['restart']);
  expect(names('webhook/stale', 'ValidatingWebhookConfiguration/w')).toContain('delete-stale-webhook');
  expect(names('namespaces/finalizer', 'ConfigMap/shop/c', 'finalizer a/b waits')).toEqual([]);
  expect(names('quota/full', 'ResourceQuota/shop/q')).toEqual([]);
  // The same image is pulled again all the time: a restart changes nothing.
  expect(names('pod/image-pull', 'Deployment/shop/web')).toEqual(['undo']);
});

test('a hard refresh says that it alone repairs nothing where the cause is in Git', () => {
  const app = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'iris', namespace: 'argocd' },
  };
  const warningsWith = (text: string) => {
    const planned = hardRefresh.plan(
      { object: app, beside: [], at: '' } as never,
      { fixes: [{ text, safe: true }] } as never,
    );
    return 'refusal' in planned ? [] : planned.warnings;
  };
  expect(warningsWith('In Git (apps/iris in https://git.example at main) rename label a to b.')).toEqual([
    'this alone does not repair the application, because the cause is in Git. First: In Git (apps/iris in https://git.example at main) rename label a to b.',
  ]);
  expect(warningsWith('Fix the repo-server; then hard refresh.')).toEqual([]);
});

test('a finding about something else offers the refresh of each application that its commands name', () => {
  const refresh = (app: string) => ({
    text: 't',
    command: `kubectl --context c annotate application ${app} -n argocd argocd.argoproj.io/refresh=hard --overwrite`,
    safe: true,
  });
  const wiped = { ...found('crd/recreated-empty', 'CustomResourceDefinition/x'), fixes: [refresh('a'), refresh('b')] };
  expect(remediesOf(wiped as never).map(({ name, on }) => [name, on])).toEqual([
    ['hard-refresh:a', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'a' }],
    ['hard-refresh:b', { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'b' }],
  ]);
});
