/** Patches of lists: by merge key, by directive, by index. */
import { container, podSpec, template, workload } from '../objects.ts';
import { APPS, CORE } from '../paths.ts';
import { apply, jsonPatch, merge, post, scenario, strategic } from '../requests.ts';
import type { Json } from '../value.ts';

const PATH = `${APPS}/deployments/web`;
const SERVICE = `${CORE}/services/s`;

/** Paused, so that no controller writes in between. */
const web = workload('Deployment', 'web', {
  replicas: 0,
  paused: true,
  template: template(
    'web',
    podSpec({
      containers: [
        container({
          env: ['A', 'B', 'C'].map(name => ({ name, value: name })),
          ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }],
          args: ['one', 'two'],
          volumeMounts: [{ name: 'v', mountPath: '/v' }],
        }),
        { name: 'side', image: 'registry.example.com/side:1' },
      ],
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'w', emptyDir: { medium: 'Memory' } },
      ],
      tolerations: [{ key: 'a', operator: 'Exists' }],
      imagePullSecrets: [{ name: 'one' }],
      hostAliases: [{ ip: '10.0.0.9', hostnames: ['a'] }],
    }),
  ),
});

const POD = { only: ['spec.template.spec', 'code', 'message', 'reason', 'details'] };
const CONTAINERS = { only: ['spec.template.spec.containers', 'code', 'message', 'reason', 'details'] };
const change = (name: string, spec: Json, how = POD) =>
  strategic(name, `${PATH}?dryRun=All`, { spec: { template: { spec } } }, how);
const app = (more: Json) => ({ containers: [{ name: 'app', ...more }] });
const steps = (name: string, patch: readonly Json[], how = CONTAINERS) =>
  jsonPatch(name, `${PATH}?dryRun=All`, patch, how);
const C = '/spec/template/spec/containers';

export const lists = [
  scenario('strategic-lists', [
    post('create', `${APPS}/deployments`, web, POD),
    change('by-key', app({ image: 'x:2' }), CONTAINERS),
    change('added-first', { containers: [{ name: 'new', image: 'n:1' }] }, CONTAINERS),
    change('env-changed', app({ env: [{ name: 'B', value: 'changed' }] }), CONTAINERS),
    change('env-added', app({ env: [{ name: 'D', value: 'd' }] }), CONTAINERS),
    change('env-deleted', app({ env: [{ name: 'A', $patch: 'delete' }] }), CONTAINERS),
    change('env-replaced', app({ env: [{ $patch: 'replace' }, { name: 'Z', value: 'z' }] }), CONTAINERS),
    change('env-null', app({ env: null }), CONTAINERS),
    change(
      'env-value-from',
      app({ env: [{ name: 'A', value: null, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
      CONTAINERS,
    ),
    change('env-ordered', app({ '$setElementOrder/env': 1 }), CONTAINERS),
    change('order-of-env', app({ '$setElementOrder/env': [{ name: 'C' }, { name: 'A' }, { name: 'B' }] }), CONTAINERS),
    change(
      'order-names-unknown',
      app({ '$setElementOrder/env': [{ name: 'C' }], env: [{ name: 'Q', value: 'q' }] }),
      CONTAINERS,
    ),
    change('port-added', app({ ports: [{ containerPort: 443 }] }), CONTAINERS),
    change('port-changed', app({ ports: [{ containerPort: 80, name: 'web' }] }), CONTAINERS),
    change('port-deleted', app({ ports: [{ containerPort: 53, $patch: 'delete' }] }), CONTAINERS),
    change('mount-by-path', app({ volumeMounts: [{ mountPath: '/w', name: 'w' }] }), CONTAINERS),
    change('args-replaced', app({ args: ['three'] }), CONTAINERS),
    change('args-delete-primitive', app({ '$deleteFromPrimitiveList/args': ['one'] }), CONTAINERS),
    change('resources', app({ resources: { limits: { cpu: '1' } } }), CONTAINERS),
    change('resources-replaced', app({ resources: { $patch: 'replace', limits: { cpu: '2' } } }), CONTAINERS),
    change('delete-missing-element', { containers: [{ name: 'none', $patch: 'delete' }] }, CONTAINERS),
    change('delete-all-containers', { containers: null }),
    change('tolerations', { tolerations: [{ key: 'b', operator: 'Exists' }] }),
    change('volumes', { volumes: [{ name: 'x', emptyDir: {} }] }),
    change('volume-source-retained', {
      volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/h' } }],
    }),
    change('volume-two-sources', { volumes: [{ name: 'v', hostPath: { path: '/h' } }] }),
    change('volume-replaced', { volumes: [{ name: 'v', $patch: 'replace', hostPath: { path: '/h' } }] }),
    change('pull-secrets', { imagePullSecrets: [{ name: 'two' }] }),
    change('aliases', { hostAliases: [{ ip: '10.0.0.9', hostnames: ['b'] }] }),
    change('unknown-directive', { tolerations: [{ $patch: 'sideways', key: 'a' }] }),
    change('retain-not-list', { $retainKeys: 'x' }),
    change('order-not-list', { '$setElementOrder/containers': 'x' }),
    change('list-for-map', { securityContext: [] }),
    change('map-for-list', { containers: { name: 'app' } }),
    change('spec-deleted', { $patch: 'delete' }),
    strategic('whole-replaced', `${PATH}?dryRun=All`, { $patch: 'replace', spec: web.spec }, POD),
    strategic(
      'labels-replaced',
      `${PATH}?dryRun=All`,
      { metadata: { labels: { $patch: 'replace', a: 'b' } } },
      { only: ['metadata.labels'] },
    ),
    strategic(
      'owners',
      `${PATH}?dryRun=All`,
      { metadata: { ownerReferences: [{ uid: 'u', apiVersion: 'v1', kind: 'Pod', name: 'p' }] } },
      { only: ['metadata.ownerReferences'] },
    ),
    merge(
      'merge-replaces-lists',
      `${PATH}?dryRun=All`,
      { spec: { template: { spec: { containers: [{ name: 'only', image: 'o' }] } } } },
      POD,
    ),
    merge('merge-null-in-list', `${PATH}?dryRun=All`, { spec: { template: { spec: { containers: [null] } } } }, POD),
    post(
      'service',
      `${CORE}/services`,
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 's' },
        spec: {
          ports: [
            { name: 'a', port: 80 },
            { name: 'b', port: 81 },
          ],
        },
      },
      { only: ['spec.ports'] },
    ),
    strategic(
      'service-port',
      SERVICE,
      { spec: { ports: [{ port: 80, targetPort: 8080 }] } },
      { only: ['spec.ports', 'message'] },
    ),
    strategic(
      'service-port-deleted',
      SERVICE,
      { spec: { ports: [{ port: 81, $patch: 'delete' }] } },
      { only: ['spec.ports', 'message'] },
    ),
    strategic('service-selector', SERVICE, { spec: { selector: { app: 'x' } } }, { only: ['spec.selector'] }),
    strategic('service-selector-gone', SERVICE, { spec: { selector: { app: null } } }, { only: ['spec.selector'] }),
  ]),
  scenario('json-lists', [
    post('create', `${APPS}/deployments`, web, { only: ['kind'] }),
    steps('append', [{ op: 'add', path: `${C}/-`, value: { name: 'z', image: 'z' } }]),
    steps('insert', [{ op: 'add', path: `${C}/0`, value: { name: 'z', image: 'z' } }]),
    steps('insert-at-end', [{ op: 'add', path: `${C}/2`, value: { name: 'z', image: 'z' } }]),
    steps('insert-beyond', [{ op: 'add', path: `${C}/9`, value: { name: 'z', image: 'z' } }]),
    steps('negative-index', [{ op: 'replace', path: `${C}/-1/image`, value: 'n' }]),
    steps('index-not-number', [{ op: 'add', path: `${C}/x`, value: {} }]),
    steps('leading-zero', [{ op: 'replace', path: `${C}/01/image`, value: 'n' }]),
    steps('replace', [{ op: 'replace', path: `${C}/0/image`, value: 'n:1' }]),
    steps('remove', [{ op: 'remove', path: `${C}/1` }]),
    steps('remove-beyond', [{ op: 'remove', path: `${C}/7` }]),
    steps('remove-last', [{ op: 'remove', path: `${C}/-` }]),
    steps('move', [{ op: 'move', from: `${C}/1`, path: `${C}/0` }]),
    steps('copy', [{ op: 'copy', from: `${C}/1/image`, path: `${C}/0/image` }]),
    steps('copy-missing', [{ op: 'copy', from: `${C}/5/image`, path: `${C}/0/image` }]),
    steps('move-no-from', [{ op: 'move', path: `${C}/0` }]),
    steps('test-number', [{ op: 'test', path: '/spec/replicas', value: 0 }]),
    steps('test-other-number', [{ op: 'test', path: '/spec/replicas', value: 1 }]),
    steps('test-text-for-number', [{ op: 'test', path: '/spec/replicas', value: '0' }]),
    steps('test-object', [{ op: 'test', path: '/metadata/labels', value: null }]),
    steps('test-list', [{ op: 'test', path: `${C}/0/args`, value: ['one', 'two'] }]),
    steps('test-other-list', [{ op: 'test', path: `${C}/0/args`, value: ['two', 'one'] }]),
    steps('test-fails-late', [
      { op: 'replace', path: `${C}/0/image`, value: 'n:1' },
      { op: 'test', path: `${C}/0/image`, value: 'other' },
    ]),
    steps('test-then-replace', [
      { op: 'test', path: `${C}/0/image`, value: 'registry.example.com/app:1' },
      { op: 'replace', path: `${C}/0/image`, value: 'n:1' },
    ]),
    steps('add-existing', [{ op: 'add', path: '/spec/replicas', value: 0 }], { only: ['spec.replicas'] }),
    steps('replace-with-null', [{ op: 'replace', path: '/spec/replicas', value: null }], {
      only: ['spec.replicas', 'message'],
    }),
    steps('remove-required', [{ op: 'remove', path: '/spec/selector' }], { only: ['code', 'reason', 'message'] }),
    steps('path-without-slash', [{ op: 'add', path: 'spec/replicas', value: 1 }]),
    steps('through-text', [{ op: 'add', path: '/kind/x', value: 1 }]),
    steps('unknown-member', [{ op: 'add', path: '/spec/odd', value: 1 }], { only: ['kind', 'spec.odd'] }),
    steps(
      'tilde',
      [
        { op: 'add', path: '/metadata/annotations', value: { 'a~b': '1', 'c/d': '2' } },
        { op: 'replace', path: '/metadata/annotations/c~1d', value: '3' },
      ],
      { only: ['metadata.annotations', 'message'] },
    ),
    steps('dotted-step', [{ op: 'add', path: '/metadata/labels', value: { 'a.b': 'c' } }], {
      only: ['metadata.labels'],
    }),
    apply('apply-in-the-end', `${PATH}?fieldManager=m&dryRun=All`, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { template: { spec: { containers: [{ name: 'app', env: [{ name: 'B', value: 'mine' }] }] } } },
    }),
  ]),
];
