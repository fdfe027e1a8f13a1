/** Mistakes people make in manifests, one at a time; each is a dry run. */
import { container, object, pod, podSpec, service, template, workload } from '../objects.ts';
import { APPS, CORE, inGroup } from '../paths.ts';
import { post, scenario } from '../requests.ts';
import type { Json } from '../value.ts';

const refusal = { only: ['kind', 'code', 'reason', 'message', 'details'] };
const dry = (path: string) => `${path}?dryRun=All`;
const badPod = (name: string, spec: Json) =>
  post(name, dry(`${CORE}/pods`), pod(`bad-${name}`, podSpec(spec)), refusal);
const badContainer = (name: string, more: Json) => badPod(name, { containers: [container(more)] });
const badDeployment = (name: string, spec: Json) =>
  post(name, dry(`${APPS}/deployments`), workload('Deployment', `bad-${name}`, spec), refusal);
const badCron = (name: string, spec: Json) =>
  post(
    name,
    dry(inGroup('batch/v1', 'cronjobs')),
    object('batch/v1', 'CronJob', `bad-${name}`, {
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: { spec: podSpec({ restartPolicy: 'Never' }) } } },
        ...spec,
      },
    }),
    refusal,
  );
const badService = (name: string, spec: Json) =>
  post(name, dry(`${CORE}/services`), service(`bad-${name}`, { ports: [{ port: 80 }], ...spec }), refusal);

export const mistakes = [
  scenario('mistakes', [
    badContainer('env-name', { env: [{ name: '1=2', value: 'x' }] }),
    badContainer('env-from-nothing', { envFrom: [{}] }),
    badContainer('value-from-nothing', { env: [{ name: 'A', valueFrom: {} }] }),
    badContainer('field-path', { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'spec.nothing' } } }] }),
    badContainer('key-without-name', { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'x' } } }] }),
    badContainer('relative-mount', { volumeMounts: [{ name: 'v', mountPath: '' }] }),
    badContainer('protocol', { ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
    badContainer('port-name', { ports: [{ containerPort: 80, name: 'No_Name' }] }),
    badContainer('probe-success', { livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
    badContainer('probe-scheme', { readinessProbe: { httpGet: { port: 80, scheme: 'FTP' } } }),
    badContainer('probe-port-name', { readinessProbe: { httpGet: { port: 'No_Name' } } }),
    badContainer('grace-of-readiness', {
      readinessProbe: { tcpSocket: { port: 80 }, terminationGracePeriodSeconds: 5 },
    }),
    badContainer('resource-name', { resources: { limits: { apples: '1' } } }),
    badContainer('termination-policy', { terminationMessagePolicy: 'Shout' }),
    badContainer('image-with-space', { image: ' x:1' }),
    badContainer('both-lifecycle', { lifecycle: { preStop: { exec: { command: ['a'] }, httpGet: { port: 80 } } } }),
    badContainer('run-as-negative', { securityContext: { runAsUser: -1 } }),
    badPod('init-without-image', { initContainers: [{ name: 'init' }] }),
    badPod('same-init-name', { initContainers: [container()] }),
    badPod('volume-name', { volumes: [{ name: 'A_b', emptyDir: {} }] }),
    badPod('claim-without-name', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: '' } }] }),
    badPod('secret-without-name', { volumes: [{ name: 'v', secret: {} }] }),
    badPod('toleration-operator', { tolerations: [{ key: 'a', operator: 'Is' }] }),
    badPod('toleration-seconds', {
      tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoSchedule', tolerationSeconds: 5 }],
    }),
    badPod('toleration-without-key', { tolerations: [{ operator: 'Equal', value: 'x' }] }),
    badPod('affinity-operator', {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Is', values: ['b'] }] }],
          },
        },
      },
    }),
    badPod('spread-without-key', {
      topologySpreadConstraints: [{ maxSkew: 0, topologyKey: '', whenUnsatisfiable: 'Maybe' }],
    }),
    badPod('dns-none', { dnsPolicy: 'None' }),
    badPod('pull-secret', { imagePullSecrets: [{ name: '' }] }),
    badPod('host-alias', { hostAliases: [{ ip: 'x', hostnames: ['a'] }] }),
    badPod('account-name', { serviceAccountName: 'No_Name' }),
    badPod('scheduler', { schedulerName: '' }),
    badDeployment('negative-ready', { minReadySeconds: -1 }),
    badDeployment('negative-history', { revisionHistoryLimit: -1 }),
    badDeployment('surge', { strategy: { rollingUpdate: { maxSurge: 'much' } } }),
    badDeployment('unavailable-over', { strategy: { rollingUpdate: { maxUnavailable: '150%' } } }),
    badDeployment('template-label', {
      template: { metadata: { labels: { app: 'bad-template-label', b: 'no good' } }, spec: podSpec() },
    }),
    badDeployment('two-problems', {
      replicas: -1,
      template: template('bad-two-problems', podSpec({ containers: [{ name: 'app' }] })),
    }),
    badCron('zone', { timeZone: 'Middle/Earth' }),
    badCron('zone-in-schedule', { schedule: 'TZ=UTC * * * * *' }),
    badCron('six-fields', { schedule: '0 * * * * *' }),
    badCron('negative-deadline', { startingDeadlineSeconds: -1 }),
    badCron('negative-cron-history', { successfulJobsHistoryLimit: -1 }),
    badService('affinity', { sessionAffinity: 'Sticky' }),
    badService('affinity-timeout', {
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 0 } },
    }),
    badService('target-name', { ports: [{ port: 80, targetPort: 'No_Name' }] }),
    badService('service-protocol', { ports: [{ port: 80, protocol: 'HTTP' }] }),
    badService('selector', { selector: { 'a b': 'c' } }),
    badService('external-address', { externalIPs: ['x'] }),
    badService('same-names', {
      ports: [
        { name: 'a', port: 80 },
        { name: 'a', port: 81 },
      ],
    }),
    badService('traffic-policy', { externalTrafficPolicy: 'Local' }),
    badService('node-port-of-cluster-address', { ports: [{ port: 80, nodePort: 30001 }] }),
  ]),
];
