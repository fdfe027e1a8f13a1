/** Server-side apply: who owns what, conflicts, and what is given up. */
import { configMap, container, object, podSpec, service, template, workload } from '../objects.ts';
import { CORE, DEPLOYMENTS, MAPS } from '../paths.ts';
import { apply, get, merge, post, put, remove, scenario, strategic } from '../requests.ts';

export const applying = [
  scenario('apply', [
    apply('created', `${MAPS}/a?fieldManager=one`, configMap('a', { a: '1', b: '2' })),
    apply('again', `${MAPS}/a?fieldManager=one`, configMap('a', { a: '1', b: '2' })),
    apply('field-given-up', `${MAPS}/a?fieldManager=one`, configMap('a', { a: '1' })),
    apply('second-manager', `${MAPS}/a?fieldManager=two`, configMap('a', { c: '3' })),
    apply('shared', `${MAPS}/a?fieldManager=two`, configMap('a', { a: '1', c: '3' })),
    apply('shared-given-up', `${MAPS}/a?fieldManager=one`, configMap('a', {})),
    apply('conflict', `${MAPS}/a?fieldManager=three`, configMap('a', { a: '9', c: '9' })),
    apply('forced', `${MAPS}/a?fieldManager=three&force=true`, configMap('a', { a: '9', c: '9' })),
    merge('update-takes', `${MAPS}/a?fieldManager=editor`, { data: { a: '10' } }),
    apply('conflict-with-update', `${MAPS}/a?fieldManager=three`, configMap('a', { a: '9', c: '9' })),
    apply('dry-run', `${MAPS}/a?fieldManager=three&force=true&dryRun=All`, configMap('a', { a: '9' })),
    get('unchanged', `${MAPS}/a`),
    apply('labels', `${MAPS}/a?fieldManager=four`, configMap('a', {}, { labels: { l: 'm' }, annotations: { n: 'o' } })),
    apply('labels-given-up', `${MAPS}/a?fieldManager=four`, configMap('a', {})),
    apply(
      'as-yaml',
      `${MAPS}/a?fieldManager=four`,
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {y: "1"}\n',
    ),
    apply('no-kind', `${MAPS}/a?fieldManager=four`, { metadata: { name: 'a' } }),
    apply('other-kind', `${MAPS}/a?fieldManager=four`, object('v1', 'Secret', 'a')),
    apply('other-version', `${MAPS}/a?fieldManager=four`, object('v2', 'ConfigMap', 'a')),
    apply('other-name', `${MAPS}/a?fieldManager=four`, configMap('b')),
    apply('no-name', `${MAPS}/a?fieldManager=four`, { apiVersion: 'v1', kind: 'ConfigMap', data: {} }),
    apply('managed-fields', `${MAPS}/a?fieldManager=four`, configMap('a', {}, { managedFields: [{ manager: 'x' }] })),
    apply('unknown-field', `${MAPS}/a?fieldManager=four`, { ...configMap('a', {}), more: 1 }),
    apply('unknown-field-strict', `${MAPS}/a?fieldManager=four&fieldValidation=Strict`, {
      ...configMap('a', {}),
      more: 1,
    }),
    apply('wrong-type', `${MAPS}/a?fieldManager=four`, configMap('a', { a: { b: 1 } })),
    apply('not-yaml', `${MAPS}/a?fieldManager=four`, '{[}'),
    apply('a-list', `${MAPS}/a?fieldManager=four`, '[]'),
    apply('empty', `${MAPS}/a?fieldManager=four`, ''),
    apply(
      'stale-version',
      `${MAPS}/a?fieldManager=four`,
      configMap('a', { y: '2' }, { resourceVersion: '<created.metadata.resourceVersion>' }),
    ),
    apply(
      'other-uid',
      `${MAPS}/a?fieldManager=four`,
      configMap('a', { y: '2' }, { uid: '11111111-1111-4111-8111-111111111111' }),
    ),
    apply(
      'uid-of-none',
      `${MAPS}/none?fieldManager=four`,
      configMap('none', {}, { uid: '11111111-1111-4111-8111-111111111111' }),
    ),
    apply('version-of-none', `${MAPS}/none?fieldManager=four`, configMap('none', {}, { resourceVersion: '12' })),
    apply('force-nonsense', `${MAPS}/a?fieldManager=four&force=perhaps`, configMap('a', {})),
    merge('force-on-merge', `${MAPS}/a?force=true`, { data: { z: '1' } }),
    merge('managed-fields-reset', `${MAPS}/a`, { metadata: { managedFields: [{}] } }),
    apply('after-reset', `${MAPS}/a?fieldManager=four`, configMap('a', { y: '3' })),
    put('put-managed-fields-empty', `${MAPS}/a`, configMap('a', { p: 'q' }, { managedFields: [] })),
    remove('delete', `${MAPS}/a`),
  ]),
  scenario('apply-lists', [
    apply('deployment', `${DEPLOYMENTS}/web?fieldManager=one`, workload('Deployment', 'web', { replicas: 0 })),
    get('settled-1', `${DEPLOYMENTS}/web`, {
      until: { 'status.observedGeneration': 1, 'status.conditions.1.type': 'Progressing' },
      only: ['status.observedGeneration'],
    }),
    apply(
      'add-sidecar',
      `${DEPLOYMENTS}/web?fieldManager=two`,
      object('apps/v1', 'Deployment', 'web', {
        spec: { template: { spec: { containers: [{ name: 'side', image: 'registry.example.com/side:1' }] } } },
      }),
      { only: ['metadata.managedFields', 'metadata.generation', 'spec'] },
    ),
    get('settled-2', `${DEPLOYMENTS}/web`, {
      until: { 'status.observedGeneration': 2 },
      only: ['status.observedGeneration'],
    }),
    apply(
      'conflict-image',
      `${DEPLOYMENTS}/web?fieldManager=two`,
      object('apps/v1', 'Deployment', 'web', {
        spec: { template: { spec: { containers: [{ name: 'app', image: 'registry.example.com/app:2' }] } } },
      }),
    ),
    apply(
      'many-conflicts',
      `${DEPLOYMENTS}/web?fieldManager=three`,
      workload('Deployment', 'web', {
        replicas: 1,
        template: template(
          'web',
          podSpec({ containers: [container({ image: 'other:1' }), { name: 'side', image: 'other:2' }] }),
        ),
      }),
      { only: ['code', 'reason'] },
    ),
    apply('side-given-up', `${DEPLOYMENTS}/web?fieldManager=two`, object('apps/v1', 'Deployment', 'web'), {
      only: ['metadata.managedFields', 'spec.template.spec.containers'],
    }),
    get('settled-3', `${DEPLOYMENTS}/web`, {
      until: { 'status.observedGeneration': 3 },
      only: ['status.observedGeneration'],
    }),
    apply(
      'duplicate-container',
      `${DEPLOYMENTS}/web?fieldManager=two`,
      object('apps/v1', 'Deployment', 'web', {
        spec: { template: { spec: { containers: [container(), container()] } } },
      }),
    ),
    apply(
      'environment',
      `${DEPLOYMENTS}/web?fieldManager=one`,
      workload('Deployment', 'web', {
        replicas: 0,
        template: template(
          'web',
          podSpec({
            containers: [
              container({
                env: [
                  { name: 'A', value: '1' },
                  { name: 'B', value: '2' },
                ],
                ports: [{ containerPort: 80 }],
              }),
            ],
          }),
        ),
      }),
      { only: ['metadata.managedFields', 'spec.template'] },
    ),
    get('settled-4', `${DEPLOYMENTS}/web`, {
      until: { 'status.observedGeneration': 4 },
      only: ['status.observedGeneration'],
    }),
    strategic(
      'strategic-environment',
      `${DEPLOYMENTS}/web`,
      {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'app',
                  env: [
                    { name: 'C', value: '3' },
                    { name: 'A', $patch: 'delete' },
                  ],
                },
              ],
            },
          },
        },
      },
      { only: ['spec.template'] },
    ),
    strategic(
      'strategic-order',
      `${DEPLOYMENTS}/web`,
      {
        spec: {
          template: {
            spec: {
              '$setElementOrder/containers': [{ name: 'side' }, { name: 'app' }],
              containers: [{ name: 'side', image: 's:1' }],
            },
          },
        },
      },
      { only: ['spec.template.spec.containers'] },
    ),
    strategic(
      'strategic-delete-element',
      `${DEPLOYMENTS}/web`,
      {
        spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } },
      },
      { only: ['spec.template.spec.containers'] },
    ),
    strategic('strategic-no-merge-key', `${DEPLOYMENTS}/web`, {
      spec: { template: { spec: { containers: [{ image: 'x' }] } } },
    }),
    strategic(
      'strategic-replace-list',
      `${DEPLOYMENTS}/web`,
      {
        spec: { template: { spec: { containers: [{ $patch: 'replace' }, { name: 'only', image: 'o:1' }] } } },
      },
      { only: ['spec.template.spec.containers'] },
    ),
    strategic(
      'strategic-retain-keys',
      `${DEPLOYMENTS}/web`,
      { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
      { only: ['spec.strategy'] },
    ),
    apply('through-scale', `${DEPLOYMENTS}/web/scale?fieldManager=scaler&force=true`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web' },
      spec: { replicas: 0 },
    }),
    apply(
      'through-status',
      `${DEPLOYMENTS}/web/status?fieldManager=teller`,
      object('apps/v1', 'Deployment', 'web', { status: { conditions: [{ type: 'Odd', status: 'True' }] } }),
      { only: ['code', 'kind'] },
    ),
    apply(
      'service',
      `${CORE}/services/s?fieldManager=one`,
      service('s', { selector: { app: 'none' }, ports: [{ port: 80 }, { port: 443, name: 'tls' }] }),
    ),
    apply(
      'service-ports',
      `${CORE}/services/s?fieldManager=one`,
      service('s', {
        ports: [
          { port: 80, name: 'plain' },
          { port: 443, name: 'tls' },
        ],
      }),
    ),
    post('service-account', `${CORE}/serviceaccounts`, object('v1', 'ServiceAccount', 'sa')),
    apply(
      'image-pull-secrets',
      `${CORE}/serviceaccounts/sa?fieldManager=one`,
      object('v1', 'ServiceAccount', 'sa', { imagePullSecrets: [{ name: 'x' }] }),
    ),
  ]),
];
