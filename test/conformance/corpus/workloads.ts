/** Pods, what makes them, and what leads to them. */
import { configMap, container, object, pod, podSpec, service, template, workload } from '../objects.ts';
import { APPS, CORE, inGroup, METADATA, PODS, SERVICES, TABLE } from '../paths.ts';
import { get, merge, post, put, remove, scenario, strategic } from '../requests.ts';

const JOBS = inGroup('batch/v1', 'jobs');
const CRONS = inGroup('batch/v1', 'cronjobs');
const POLICIES = inGroup('networking.k8s.io/v1', 'networkpolicies');
const INGRESSES = inGroup('networking.k8s.io/v1', 'ingresses');
const LEASES = inGroup('coordination.k8s.io/v1', 'leases');
const unschedulable = (more: object = {}) => podSpec({ nodeSelector: { no: 'such' }, ...more });
const badPod = (name: string, spec: object) => post(name, PODS, pod(`bad-${name}`, spec as Record<string, unknown>));
const badWorkload = (name: string, kind: string, spec: object) =>
  post(name, `${APPS}/${kind.toLowerCase()}s`, object('apps/v1', kind, `bad-${name}`, { spec }));
const jobSpec = (more: object = {}) => ({ template: { spec: podSpec({ restartPolicy: 'Never' }) }, ...more });

export const workloads = [
  scenario('pods', [
    post('create', PODS, pod('p', unschedulable(), { labels: { app: 'p' } })),
    post(
      'rich',
      `${PODS}?dryRun=All`,
      pod(
        'rich',
        unschedulable({
          initContainers: [
            container({ name: 'init', command: ['true'] }),
            container({ name: 'side', restartPolicy: 'Always' }),
          ],
          containers: [
            container({
              image: 'app',
              ports: [{ containerPort: 80 }, { name: 'udp', containerPort: 53, protocol: 'UDP' }],
              env: [
                { name: 'A', value: 'b' },
                { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              ],
              resources: { requests: { cpu: '0.5', memory: '1024Mi' }, limits: { cpu: '1000m', memory: '1Gi' } },
              livenessProbe: { httpGet: { port: 80 } },
              readinessProbe: { exec: { command: ['true'] }, periodSeconds: 3 },
              startupProbe: { tcpSocket: { port: 80 } },
              lifecycle: { preStop: { exec: { command: ['sleep', '1'] } } },
              volumeMounts: [{ name: 'c', mountPath: '/c' }],
            }),
          ],
          volumes: [
            { name: 'c', configMap: { name: 'c' } },
            { name: 's', secret: { secretName: 's' } },
            { name: 'e', emptyDir: {} },
            { name: 'h', hostPath: { path: '/x' } },
            { name: 'd', downwardAPI: { items: [{ path: 'l', fieldRef: { fieldPath: 'metadata.labels' } }] } },
          ],
          tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
          securityContext: { runAsNonRoot: true },
          hostNetwork: false,
          terminationGracePeriodSeconds: 0,
        }),
      ),
    ),
    post(
      'guaranteed',
      `${PODS}?dryRun=All`,
      pod('g', unschedulable({ containers: [container({ resources: { limits: { cpu: '1', memory: '1Gi' } } })] })),
      { only: ['status', 'spec.containers.0.resources'] },
    ),
    post(
      'service-links',
      `${PODS}?dryRun=All`,
      pod('sl', unschedulable({ serviceAccountName: 'default', automountServiceAccountToken: false })),
      { only: ['spec'] },
    ),
    post(
      'host-network',
      `${PODS}?dryRun=All`,
      pod('hn', unschedulable({ hostNetwork: true, containers: [container({ ports: [{ containerPort: 80 }] })] })),
      { only: ['spec.containers', 'spec.hostNetwork'] },
    ),
    badPod('no-containers', { containers: [] }),
    badPod('no-spec', {}),
    badPod('no-image', { containers: [{ name: 'a' }] }),
    badPod('bad-container-name', { containers: [container({ name: 'A_b' })] }),
    badPod('same-names', { containers: [container(), container()] }),
    badPod('bad-restart-policy', podSpec({ restartPolicy: 'Sometimes' })),
    badPod('bad-dns-policy', podSpec({ dnsPolicy: 'Odd' })),
    badPod('bad-pull-policy', podSpec({ containers: [container({ imagePullPolicy: 'Perhaps' })] })),
    badPod('bad-port', podSpec({ containers: [container({ ports: [{ containerPort: 70000 }] })] })),
    badPod(
      'same-port-names',
      podSpec({
        containers: [
          container({
            ports: [
              { name: 'a', containerPort: 1 },
              { name: 'a', containerPort: 2 },
            ],
          }),
        ],
      }),
    ),
    badPod('bad-quantity', podSpec({ containers: [container({ resources: { limits: { cpu: 'lots' } } })] })),
    badPod('negative-quantity', podSpec({ containers: [container({ resources: { limits: { cpu: '-1' } } })] })),
    badPod(
      'request-over-limit',
      podSpec({ containers: [container({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } })] }),
    ),
    badPod('bad-env', podSpec({ containers: [container({ env: [{ name: '', value: 'x' }] })] })),
    badPod(
      'env-two-sources',
      podSpec({
        containers: [
          container({ env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
        ],
      }),
    ),
    badPod(
      'mount-without-volume',
      podSpec({ containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/v' }] })] }),
    ),
    badPod(
      'mount-twice',
      podSpec({
        containers: [
          container({
            volumeMounts: [
              { name: 'v', mountPath: '/v' },
              { name: 'v', mountPath: '/v' },
            ],
          }),
        ],
        volumes: [{ name: 'v', emptyDir: {} }],
      }),
    ),
    badPod(
      'same-volumes',
      podSpec({
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'v', emptyDir: {} },
        ],
      }),
    ),
    badPod('volume-two-sources', podSpec({ volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/x' } }] })),
    badPod('volume-without-source', podSpec({ volumes: [{ name: 'v' }] })),
    badPod(
      'probe-two-handlers',
      podSpec({ containers: [container({ livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } })] }),
    ),
    badPod('probe-no-handler', podSpec({ containers: [container({ livenessProbe: {} })] })),
    badPod(
      'probe-negative',
      podSpec({ containers: [container({ readinessProbe: { tcpSocket: { port: 0 }, periodSeconds: -1 } })] }),
    ),
    badPod(
      'bad-toleration',
      podSpec({
        tolerations: [
          { operator: 'Exists', value: 'x' },
          { key: 'a', effect: 'Never' },
        ],
      }),
    ),
    badPod('bad-node-selector', podSpec({ nodeSelector: { 'a b': 'c' } })),
    badPod('missing-account', podSpec({ serviceAccountName: 'nobody' })),
    badPod('missing-priority-class', podSpec({ priorityClassName: 'nothing' })),
    badPod('negative-grace', podSpec({ terminationGracePeriodSeconds: -1 })),
    badPod('negative-deadline', podSpec({ activeDeadlineSeconds: 0 })),
    badPod('ephemeral-at-creation', podSpec({ ephemeralContainers: [container({ name: 'e' })] })),
    badPod(
      'host-port-conflict',
      podSpec({ hostNetwork: true, containers: [container({ ports: [{ containerPort: 80, hostPort: 81 }] })] }),
    ),
    badPod('wrong-type', { containers: 'none' }),
    badPod('wrong-type-deep', { containers: [container({ ports: [{ containerPort: 'http' }] })] }),
    badPod('node-name', podSpec({ nodeName: 'Bad Name' })),
    merge(
      'image',
      `${PODS}/p`,
      {
        spec: {
          containers: [
            container({
              image: 'registry.example.com/app:2',
              terminationMessagePath: '/dev/termination-log',
              terminationMessagePolicy: 'File',
              imagePullPolicy: 'IfNotPresent',
            }),
          ],
        },
      },
      { only: ['code', 'reason', 'spec.containers.0.image'] },
    ),
    strategic(
      'strategic-image',
      `${PODS}/p`,
      { spec: { containers: [{ name: 'app', image: 'registry.example.com/app:3' }] } },
      { only: ['spec.containers', 'metadata.generation'] },
    ),
    strategic(
      'add-container',
      `${PODS}/p`,
      { spec: { containers: [{ name: 'more', image: 'x' }] } },
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'] },
    ),
    merge(
      'restart-policy',
      `${PODS}/p`,
      { spec: { restartPolicy: 'Never' } },
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'] },
    ),
    merge(
      'deadline',
      `${PODS}/p`,
      { spec: { activeDeadlineSeconds: 100 } },
      { only: ['spec.activeDeadlineSeconds', 'code'] },
    ),
    merge(
      'add-toleration',
      `${PODS}/p`,
      { spec: { tolerations: [{ key: 'n', operator: 'Exists' }] } },
      { only: ['code', 'reason', 'details.causes.0.field'] },
    ),
    merge(
      'status',
      `${PODS}/p/status`,
      { status: { phase: 'Failed', reason: 'Odd', message: 'odd' } },
      { only: ['status.phase', 'status.reason'] },
    ),
    get('status-get', `${PODS}/p/status`, { only: ['kind', 'status.phase'] }),
    merge(
      'spec-through-status',
      `${PODS}/p/status`,
      { spec: { activeDeadlineSeconds: 5 }, metadata: { labels: { via: 'status' } } },
      { only: ['spec.activeDeadlineSeconds', 'metadata.labels'] },
    ),
    get('log-not-started', `${PODS}/p/log`),
    get('log-unknown-container', `${PODS}/p/log?container=zz`),
    get('log-missing-pod', `${PODS}/none/log`),
    get('log-bad-tail', `${PODS}/p/log?tailLines=-1`),
    get('log-bad-since', `${PODS}/p/log?sinceSeconds=0`),
    get('log-both-since', `${PODS}/p/log?sinceSeconds=5&sinceTime=2026-01-01T00:00:00Z`),
    get('log-previous', `${PODS}/p/log?previous=true`),
    post('bind', `${PODS}/p/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Node', name: '' },
    }),
    post('bind-kind', `${PODS}/p/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'p' },
      target: { kind: 'Pod', name: 'x' },
    }),
    post('bind-missing', `${PODS}/none/binding`, {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name: 'none' },
      target: { kind: 'Node', name: 'node-1' },
    }),
    get('metadata', `${PODS}/p`, { accept: METADATA }),
    get('table', `${PODS}/p`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    get('ephemeral', `${PODS}/p/ephemeralcontainers`, { only: ['kind', 'metadata.name'] }),
    get('unknown-subresource', `${PODS}/p/nonsense`),
    get('get-eviction', `${PODS}/p/eviction`),
    remove('delete', `${PODS}/p`, undefined, { only: ['kind'] }),
  ]),
  scenario('workloads', [
    post('deployment', `${APPS}/deployments`, workload('Deployment', 'web', { replicas: 0 })),
    post('stateful-set', `${APPS}/statefulsets`, workload('StatefulSet', 'db', { serviceName: 'db', replicas: 0 })),
    post(
      'daemon-set',
      `${APPS}/daemonsets`,
      workload('DaemonSet', 'agent', { template: template('agent', unschedulable()) }),
    ),
    post('replica-set', `${APPS}/replicasets`, workload('ReplicaSet', 'rs', { replicas: 0 })),
    post(
      'controller',
      `${CORE}/replicationcontrollers`,
      object('v1', 'ReplicationController', 'rc', {
        spec: { replicas: 0, selector: { app: 'rc' }, template: template('rc') },
      }),
    ),
    badWorkload('no-selector', 'Deployment', { template: template('x') }),
    badWorkload('empty-selector', 'Deployment', { selector: {}, template: template('x') }),
    badWorkload('other-labels', 'Deployment', { selector: { matchLabels: { app: 'y' } }, template: template('x') }),
    badWorkload('no-template', 'Deployment', { selector: { matchLabels: { app: 'y' } } }),
    badWorkload('negative', 'Deployment', {
      replicas: -1,
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('bad-strategy', 'Deployment', {
      strategy: { type: 'Sudden' },
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('zero-surge-zero-unavailable', 'Deployment', {
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } },
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('recreate-with-rolling', 'Deployment', {
      strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } },
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('restart-never', 'Deployment', {
      selector: { matchLabels: { app: 'x' } },
      template: template('x', podSpec({ restartPolicy: 'Never' })),
    }),
    badWorkload('bad-expression', 'Deployment', {
      selector: { matchExpressions: [{ key: 'a', operator: 'Is', values: ['x'] }] },
      template: template('x'),
    }),
    badWorkload('bad-progress', 'Deployment', {
      minReadySeconds: 10,
      progressDeadlineSeconds: 5,
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('daemon-strategy', 'DaemonSet', {
      updateStrategy: { type: 'Odd' },
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('stateful-policy', 'StatefulSet', {
      podManagementPolicy: 'Odd',
      serviceName: 's',
      selector: { matchLabels: { app: 'x' } },
      template: template('x'),
    }),
    badWorkload('replica-set-labels', 'ReplicaSet', {
      selector: { matchLabels: { app: 'y' } },
      template: template('x'),
    }),
    get('observed', `${APPS}/deployments/web`, {
      until: { 'status.observedGeneration': 1, 'status.conditions.1.type': 'Progressing' },
      only: ['status', 'metadata.annotations'],
    }),
    merge('stateful-forbidden', `${APPS}/statefulsets/db`, { spec: { serviceName: 'other' } }),
    merge(
      'stateful-allowed',
      `${APPS}/statefulsets/db`,
      { spec: { minReadySeconds: 3 } },
      { only: ['spec.minReadySeconds', 'metadata.generation'] },
    ),
    merge('daemon-selector', `${APPS}/daemonsets/agent`, { spec: { selector: { matchLabels: { app: 'other' } } } }),
    merge(
      'generation',
      `${APPS}/deployments/web`,
      { spec: { paused: true } },
      { only: ['metadata.generation', 'spec.paused'] },
    ),
    merge(
      'no-generation',
      `${APPS}/deployments/web`,
      { metadata: { labels: { a: 'b' } } },
      { only: ['metadata.generation', 'metadata.labels'] },
    ),
    merge(
      'status-only',
      `${APPS}/deployments/web/status`,
      { spec: { replicas: 9 }, status: { collisionCount: 2 } },
      { only: ['spec.replicas', 'status.collisionCount', 'metadata.generation'] },
    ),
    get('settled', `${APPS}/deployments/web`, {
      until: { 'status.observedGeneration': 2 },
      only: ['status.observedGeneration'],
    }),
    get('scale', `${APPS}/deployments/web/scale`, { only: ['kind', 'metadata.name', 'spec', 'status'] }),
    put(
      'scale-put',
      `${APPS}/deployments/web/scale`,
      {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'web' },
        spec: { replicas: 0 },
      },
      { only: ['kind', 'metadata.name', 'spec', 'status', 'code'] },
    ),
    put('scale-negative', `${APPS}/deployments/web/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web' },
      spec: { replicas: -1 },
    }),
    put('scale-other-name', `${APPS}/deployments/web/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'other' },
      spec: { replicas: 1 },
    }),
    put('scale-stale', `${APPS}/deployments/web/scale`, {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', resourceVersion: '1' },
      spec: { replicas: 1 },
    }),
    put('scale-other-kind', `${APPS}/deployments/web/scale`, configMap('web')),
    merge(
      'scale-dry-run',
      `${APPS}/deployments/web/scale?dryRun=All`,
      { spec: { replicas: 5 } },
      { only: ['kind', 'metadata.name', 'spec', 'status', 'code'] },
    ),
    merge('scale-wrong-type', `${APPS}/deployments/web/scale`, { spec: { replicas: 'two' } }),
    merge('scale-missing', `${APPS}/deployments/none/scale`, { spec: { replicas: 5 } }),
    get('scale-of-daemon', `${APPS}/daemonsets/agent/scale`),
    get('scale-set', `${APPS}/statefulsets/db/scale`),
    get('scale-controller', `${CORE}/replicationcontrollers/rc/scale`, {
      only: ['kind', 'metadata.name', 'spec', 'status', 'code'],
    }),
    get('deployments-table', `${APPS}/deployments/web`, { accept: TABLE, only: ['columnDefinitions'] }),
    get('sets-table', `${APPS}/statefulsets/db`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    get('daemons-table', `${APPS}/daemonsets`, { accept: TABLE, only: ['columnDefinitions'] }),
    get('old-group', '/apis/extensions/v1beta1/namespaces/<ns>/deployments'),
    get('revisions', `${APPS}/controllerrevisions?labelSelector=app%3Ddb`, {
      only: ['items.0.revision', 'items.0.metadata.labels', 'items.0.metadata.ownerReferences', 'items.0.data'],
    }),
    post('deployment-runs', `${APPS}/deployments`, workload('Deployment', 'run', { replicas: 2 }), { only: ['kind'] }),
    get('ready', `${APPS}/deployments/run`, {
      until: { 'status.availableReplicas': 2, 'status.conditions.1.reason': 'NewReplicaSetAvailable' },
      only: ['status', 'metadata.annotations', 'metadata.generation'],
    }),
    get('ready-set', `${APPS}/replicasets?labelSelector=app%3Drun`, {
      until: { 'items.0.status.availableReplicas': 2 },
      only: [
        'items.0.metadata.labels',
        'items.0.metadata.annotations',
        'items.0.metadata.ownerReferences',
        'items.0.spec',
        'items.0.status',
      ],
    }),
    get('its-pods', `${PODS}?labelSelector=app%3Drun`, {
      only: [
        'items.0.metadata.labels',
        'items.0.metadata.ownerReferences',
        'items.0.metadata.generateName',
        'items.0.spec.containers',
        'items.0.spec.tolerations',
        'items.0.spec.volumes',
        'items.2',
      ],
    }),
    merge('scale-down', `${APPS}/deployments/run/scale`, { spec: { replicas: 1 } }, { only: ['spec'] }),
    get('scaled-down', `${APPS}/deployments/run`, {
      until: { 'status.replicas': 1, 'status.observedGeneration': 2 },
      only: ['status.replicas', 'status.readyReplicas'],
    }),
    post('stateful-runs', `${APPS}/statefulsets`, workload('StatefulSet', 'num', { serviceName: 'num', replicas: 2 }), {
      only: ['kind', 'spec'],
    }),
    get('stateful-ready', `${APPS}/statefulsets/num`, { until: { 'status.availableReplicas': 2 }, only: ['status'] }),
    get('pod-zero', `${PODS}/num-0`, {
      only: ['metadata.labels', 'metadata.ownerReferences', 'spec.hostname', 'spec.subdomain'],
    }),
    post('daemon-runs', `${APPS}/daemonsets`, workload('DaemonSet', 'all'), { only: ['kind', 'spec'] }),
    get('daemon-ready', `${APPS}/daemonsets/all`, { until: { 'status.numberAvailable': 3 }, only: ['status'] }),
    get('daemon-pods', `${PODS}?labelSelector=app%3Dall`, {
      only: [
        'items.0.metadata.labels',
        'items.0.metadata.ownerReferences',
        'items.0.spec.tolerations',
        'items.0.spec.affinity',
        'items.3',
      ],
    }),
  ]),
  scenario('jobs', [
    post('create', JOBS, object('batch/v1', 'Job', 'j', { spec: jobSpec({ suspend: true }) })),
    get('suspended', `${JOBS}/j`, { until: { 'status.conditions.0.type': 'Suspended' }, only: ['status'] }),
    post(
      'restart-always',
      JOBS,
      object('batch/v1', 'Job', 'bad-restart-always', { spec: { template: { spec: podSpec() } } }),
    ),
    post(
      'own-selector',
      JOBS,
      object('batch/v1', 'Job', 'bad-own-selector', { spec: jobSpec({ selector: { matchLabels: { a: 'b' } } }) }),
    ),
    post(
      'negative',
      JOBS,
      object('batch/v1', 'Job', 'bad-negative', {
        spec: jobSpec({ parallelism: -1, completions: -2, backoffLimit: -3, ttlSecondsAfterFinished: -4 }),
      }),
    ),
    post('bad-mode', JOBS, object('batch/v1', 'Job', 'bad-bad-mode', { spec: jobSpec({ completionMode: 'Odd' }) })),
    post(
      'indexed',
      `${JOBS}?dryRun=All`,
      object('batch/v1', 'Job', 'ix', { spec: jobSpec({ completionMode: 'Indexed', completions: 2 }) }),
    ),
    merge('completions', `${JOBS}/j`, { spec: { completions: 5 } }),
    merge(
      'template',
      `${JOBS}/j`,
      { spec: { template: { spec: { restartPolicy: 'OnFailure' } } } },
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.0.reason'] },
    ),
    merge(
      'parallelism',
      `${JOBS}/j`,
      { spec: { parallelism: 2 } },
      { only: ['spec.parallelism', 'metadata.generation'] },
    ),
    get('table', `${JOBS}/j`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.0', 'rows.0.cells.1', 'rows.0.cells.2'],
    }),
    remove('delete', `${JOBS}/j`, undefined, { only: ['kind', 'status', 'metadata.finalizers'] }),
    get('deleted', `${JOBS}/j`, { until: { status: 404 } }),
    post(
      'cron',
      CRONS,
      object('batch/v1', 'CronJob', 'c', {
        spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: jobSpec() } },
      }),
    ),
    post(
      'cron-bad-schedule',
      CRONS,
      object('batch/v1', 'CronJob', 'bad-cron-bad-schedule', {
        spec: { schedule: 'now and then', jobTemplate: { spec: jobSpec() } },
      }),
    ),
    post(
      'cron-bad-policy',
      CRONS,
      object('batch/v1', 'CronJob', 'bad-cron-bad-policy', {
        spec: { schedule: '* * * * *', concurrencyPolicy: 'Odd', jobTemplate: { spec: jobSpec() } },
      }),
    ),
    get('cron-table', `${CRONS}/c`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    remove('cron-delete', `${CRONS}/c`),
  ]),
  scenario('network', [
    post('service', SERVICES, service('s', { selector: { app: 'x' }, ports: [{ port: 80 }] })),
    post('two-unnamed-ports', SERVICES, service('bad-two-unnamed-ports', { ports: [{ port: 80 }, { port: 81 }] })),
    post('bad-port', SERVICES, service('bad-bad-port', { ports: [{ port: 0 }, { port: 70000, name: 'x' }] })),
    post('no-ports', SERVICES, service('bad-no-ports', { selector: { app: 'x' } })),
    post('bad-type', SERVICES, service('bad-bad-type', { type: 'Odd', ports: [{ port: 80 }] })),
    post('bad-name', SERVICES, service('1bad', { ports: [{ port: 80 }] })),
    post('external', SERVICES, service('ext', { type: 'ExternalName', externalName: 'example.com' })),
    post('external-without-name', SERVICES, service('bad-external-without-name', { type: 'ExternalName' })),
    post(
      'headless',
      SERVICES,
      service('head', { clusterIP: 'None', selector: { app: 'x' }, ports: [{ port: 80, targetPort: 'http' }] }),
    ),
    post('node-port', SERVICES, service('np', { type: 'NodePort', ports: [{ port: 80, nodePort: 31234 }] })),
    post(
      'node-port-taken',
      SERVICES,
      service('np-node-port-taken', { type: 'NodePort', ports: [{ port: 80, nodePort: 31234 }] }),
    ),
    post(
      'node-port-outside',
      SERVICES,
      service('np-node-port-outside', { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] }),
    ),
    post('load-balancer', SERVICES, service('lb', { type: 'LoadBalancer', ports: [{ port: 80 }] })),
    post(
      'address-outside',
      SERVICES,
      service('bad-address-outside', { clusterIP: '192.168.1.1', ports: [{ port: 80 }] }),
    ),
    post('address-nonsense', SERVICES, service('bad-address-nonsense', { clusterIP: 'abc', ports: [{ port: 80 }] })),
    post(
      'same-ports',
      SERVICES,
      service('bad-same-ports', {
        ports: [
          { port: 80, name: 'a' },
          { port: 80, name: 'b' },
        ],
      }),
    ),
    merge(
      'address-changes',
      `${SERVICES}/s`,
      { spec: { clusterIP: '10.96.77.77' } },
      { only: ['code', 'reason', 'details.causes.0.field', 'details.causes.1.field'] },
    ),
    merge('selector', `${SERVICES}/s`, { spec: { selector: { app: 'y' } } }),
    merge('to-node-port', `${SERVICES}/s`, { spec: { type: 'NodePort' } }),
    merge(
      'to-external',
      `${SERVICES}/s`,
      { spec: { type: 'ExternalName', externalName: 'example.org' } },
      { only: ['spec', 'code', 'message'] },
    ),
    get('table', `${SERVICES}/head`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    get('endpoints', `${CORE}/endpoints/head`, { until: { status: 200 }, only: ['metadata.labels', 'subsets'] }),
    get('proxy-none', `${SERVICES}/s:zz/proxy/`),
    remove('delete', `${SERVICES}/s`, undefined, { only: ['kind', 'metadata.name'] }),
    post(
      'policy',
      POLICIES,
      object('networking.k8s.io/v1', 'NetworkPolicy', 'p', {
        spec: { podSelector: { matchLabels: { app: 'x' } }, policyTypes: ['Ingress', 'Egress'] },
      }),
    ),
    post(
      'policy-defaults',
      POLICIES,
      object('networking.k8s.io/v1', 'NetworkPolicy', 'd', {
        spec: {
          podSelector: {},
          egress: [{ ports: [{ port: 53, protocol: 'UDP' }] }],
          ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }],
        },
      }),
    ),
    post(
      'policy-bad',
      POLICIES,
      object('networking.k8s.io/v1', 'NetworkPolicy', 'bad-policy-bad', {
        spec: { podSelector: {}, policyTypes: ['Sideways'], ingress: [{ from: [{}], ports: [{ port: 0 }] }] },
      }),
    ),
    post(
      'policy-bad-cidr',
      POLICIES,
      object('networking.k8s.io/v1', 'NetworkPolicy', 'bad-policy-bad-cidr', {
        spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'abc' } }] }] },
      }),
    ),
    get('policy-table', `${POLICIES}/p`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    post(
      'ingress',
      INGRESSES,
      object('networking.k8s.io/v1', 'Ingress', 'i', {
        spec: {
          rules: [
            {
              host: 'a.example.com',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }],
              },
            },
          ],
        },
      }),
    ),
    post(
      'ingress-bad',
      INGRESSES,
      object('networking.k8s.io/v1', 'Ingress', 'bad-ingress-bad', {
        spec: {
          rules: [
            {
              host: 'a b',
              http: { paths: [{ path: 'x', pathType: 'Prefix', backend: { service: { name: 's', port: {} } } }] },
            },
          ],
        },
      }),
    ),
    post('ingress-empty', INGRESSES, object('networking.k8s.io/v1', 'Ingress', 'bad-ingress-empty', { spec: {} })),
    post(
      'ingress-no-path-type',
      INGRESSES,
      object('networking.k8s.io/v1', 'Ingress', 'bad-ingress-no-path-type', {
        spec: {
          rules: [{ http: { paths: [{ path: '/', backend: { service: { name: 's', port: { number: 80 } } } }] } }],
        },
      }),
    ),
    merge(
      'ingress-change',
      `${INGRESSES}/i`,
      { spec: { defaultBackend: { service: { name: 's', port: { name: 'http' } } } } },
      { only: ['metadata.generation', 'spec.defaultBackend'] },
    ),
    get('ingress-table', `${INGRESSES}/i`, { accept: TABLE, only: ['columnDefinitions', 'rows.0.cells'] }),
    post(
      'lease',
      LEASES,
      object('coordination.k8s.io/v1', 'Lease', 'l', {
        spec: {
          holderIdentity: 'me',
          leaseDurationSeconds: 15,
          acquireTime: '2026-01-01T00:00:00.000000Z',
          renewTime: '2026-01-01T00:00:00.000000Z',
          leaseTransitions: 0,
        },
      }),
    ),
    post(
      'lease-bad',
      LEASES,
      object('coordination.k8s.io/v1', 'Lease', 'bad-lease-bad', {
        spec: { leaseDurationSeconds: 0, leaseTransitions: -1 },
      }),
    ),
    post(
      'lease-bad-time',
      LEASES,
      object('coordination.k8s.io/v1', 'Lease', 'bad-lease-bad-time', { spec: { renewTime: 'now' } }),
    ),
    put(
      'lease-renewed',
      `${LEASES}/l`,
      object(
        'coordination.k8s.io/v1',
        'Lease',
        'l',
        {
          spec: {
            holderIdentity: 'you',
            leaseDurationSeconds: 15,
            renewTime: '2026-01-01T00:00:05.123456Z',
            leaseTransitions: 1,
          },
        },
        { resourceVersion: '<lease.metadata.resourceVersion>' },
      ),
    ),
    put(
      'lease-race',
      `${LEASES}/l`,
      object(
        'coordination.k8s.io/v1',
        'Lease',
        'l',
        { spec: { holderIdentity: 'they' } },
        { resourceVersion: '<lease.metadata.resourceVersion>' },
      ),
    ),
    merge('lease-short-time', `${LEASES}/l`, { spec: { renewTime: '2026-01-01T00:00:06Z' } }, { only: ['spec'] }),
    get('lease-table', `${LEASES}/l`, {
      accept: TABLE,
      only: ['columnDefinitions', 'rows.0.cells.0', 'rows.0.cells.1'],
    }),
    remove('lease-deleted', `${LEASES}/l`),
  ]),
];
