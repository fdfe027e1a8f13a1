import { describe, expect, it } from 'vitest';
import { stuckCreating } from '../../../../src/triage/rules/pods/creating/rule.ts';
import { initStuck } from '../../../../src/triage/rules/pods/init-stuck.ts';
import { probeFails, readinessGate } from '../../../../src/triage/rules/pods/probe.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod, warning } from '../objects.ts';

const http = (path: string, port: string | number) => ({ httpGet: { path, port } });
const unready = (container: Record<string, unknown>, minutes = 9) =>
  pod('web-1', {
    minutes,
    spec: { containers: [{ name: 'web', image: 'a', ports: [{ name: 'http', containerPort: 8080 }], ...container }] },
    containers: { web: { ready: false } },
  });
const unhealthy = (message: string) => warning('Pod', 'shop', 'web-1', 'Unhealthy', message);

describe('pod/probe', () => {
  it('a program that may still start, by its startup probe, is only worth a look; one that was killed for it is a failure', () => {
    const startupProbe = { ...http('/healthz', 'http'), periodSeconds: 10, failureThreshold: 90 };
    const starting = (restartCount: number, minutes: number) => {
      const state = { running: { startedAt: ago(minutes) } };
      const status = { web: { ready: false, started: false, restartCount, state } };
      const spec = { containers: [{ name: 'web', image: 'a', startupProbe }] };
      return findings(probeFails, deployment([pod('web-1', { minutes, spec, containers: status })]))[0];
    };
    expect(starting(0, 5)).toMatchObject({ severity: 'warn' });
    expect(starting(0, 5)?.summary).toContain(
      'has not started yet; it is killed if it does not start within 10 minutes',
    );
    expect(starting(1, 5)?.severity).toBe('high');
    expect(starting(0, 20)?.severity).toBe('high');
  });
  it.each([
    [
      'a path that another probe has right',
      { readinessProbe: http('/helthz', 'http'), livenessProbe: http('/healthz', 'http') },
      'Readiness probe failed: HTTP probe failed with statuscode: 404',
      'HTTP 404: nothing at path /helthz (another probe uses /healthz)',
    ],
    [
      'a port that the container does not declare',
      { readinessProbe: http('/', 9090) },
      'Readiness probe failed: Get "http://10.1.1.1:9090/": dial tcp 10.1.1.1:9090: connect: connection refused',
      'it uses port 9090, but the container declares http 8080',
    ],
    ['a port name that does not exist', { readinessProbe: http('/', 'web') }, '', 'it uses port web'],
    [
      'nothing listening',
      { readinessProbe: http('/', 8080) },
      'Readiness probe failed: Get "http://10.1.1.1:8080/": dial tcp 10.1.1.1:8080: connect: connection refused',
      'connection refused: nothing listens on port 8080',
    ],
    [
      'a program that is not well',
      { readinessProbe: http('/', 8080) },
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
      'HTTP 503: the program itself reports that it is unhealthy',
    ],
    [
      'a slow program',
      { readinessProbe: { ...http('/', 8080), timeoutSeconds: 2 } },
      'Readiness probe failed: Get "http://10.1.1.1:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      'no answer within timeoutSeconds 2',
    ],
    [
      'the wrong scheme',
      { readinessProbe: http('/', 8080) },
      'Readiness probe failed: Get "https://10.1.1.1:8080/": http: server gave HTTP response to HTTPS client',
      'one side uses HTTP and the other HTTPS',
    ],
  ])('%s', (_, container, message, what) => {
    const events = message === '' ? [] : [unhealthy(message)];
    const [found] = findings(probeFails, [...deployment([unready(container)]), ...events]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Deployment', name: 'web' } });
    expect(found?.summary).toContain('readiness probe fails: container web of 1 of 1 pods runs and is not ready');
    expect(found?.summary).toContain(what);
  });

  it('names a sidecar whose pod is otherwise well, and a startup probe', () => {
    const sick = pod('web-1', {
      spec: {
        containers: [
          { name: 'web', image: 'a' },
          { name: 'proxy', image: 'b', startupProbe: http('/', 1) },
        ],
      },
      containers: { proxy: { ready: false, started: false } },
      minutes: 9,
    });
    const [found] = findings(probeFails, deployment([sick]));
    expect(found?.summary).toContain(
      'startup probe fails: container proxy of 1 of 1 pods runs and is not ready (its other containers are ready)',
    );
  });

  it('follows the log to what the program waits for', () => {
    const sick = unready({ readinessProbe: http('/', 8080) });
    const [found] = findings(probeFails, deployment([sick]), {
      logs: { 'shop/web-1/web': ['dial tcp: lookup orders-db on 10.96.0.10:53: no such host'] },
    });
    expect(found?.summary).toContain('log: the name orders-db does not resolve');
    expect(found?.because).toContainEqual({ kind: 'Service', namespace: 'shop', name: 'orders-db' });
  });

  it('gives a starting container its time', () => {
    expect(findings(probeFails, deployment([unready({ readinessProbe: http('/', 8080) }, 0.8)]))).toEqual([]);
    const slow = unready({ readinessProbe: { ...http('/', 8080), initialDelaySeconds: 600 } }, 9);
    expect(findings(probeFails, deployment([slow]))).toEqual([]);
  });
});

it('pod/readiness-gate: all containers are ready, the condition is not there', () => {
  const sick = pod('web-1', { spec: { readinessGates: [{ conditionType: 'target-health.elbv2.k8s.aws/web' }] } });
  (sick.status as { conditions: object[] }).conditions = [
    { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', message: 'x', lastTransitionTime: ago(9) },
  ];
  expect(findings(readinessGate, deployment([sick]))[0]?.summary).toContain(
    'readiness gate target-health.elbv2.k8s.aws/web is not met for 1 of 1 pods',
  );
  expect(findings(probeFails, deployment([sick]))).toEqual([]);
});

const creating = (volumes: object[], minutes = 9) =>
  pod('web-1', {
    minutes,
    spec: { volumes },
    containers: { web: { state: { waiting: { reason: 'ContainerCreating' } } } },
    status: { phase: 'Pending' },
  });

describe('pod/stuck-creating', () => {
  const volumes = [
    { name: 'conf', configMap: { name: 'web-conf' } },
    { name: 'tls', secret: { secretName: 'web-tls' } },
  ];
  const event = (reason: string, message: string) => warning('Pod', 'shop', 'web-1', reason, message);

  it('names a ConfigMap that is missing, also where the events are forgotten', () => {
    const near: Literal = { kind: 'ConfigMap', metadata: { name: 'web-config', namespace: 'shop' }, data: {} };
    const told = event('FailedMount', 'MountVolume.SetUp failed for volume "conf" : configmap "web-conf" not found');
    const objects = [...deployment([creating(volumes)]), near];
    expect(findings(stuckCreating, [...objects, told])[0]?.summary).toBe(
      '1 of 1 pods stuck in ContainerCreating: volume conf cannot be mounted: config map web-conf not found; web-config exists',
    );
    expect(findings(stuckCreating, objects)[0]?.summary).toContain('config map web-conf not found');
  });

  it('names a Secret that is missing, and a key', () => {
    const conf: Literal = {
      kind: 'ConfigMap',
      metadata: { name: 'web-conf', namespace: 'shop' },
      data: { 'app.yml': 'x' },
    };
    const objects = [...deployment([creating(volumes)]), conf];
    const gone = event('FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found');
    const [found] = findings(stuckCreating, [...objects, gone], {
      readable: [{ kind: 'Secret', metadata: { name: 'web-tls-2', namespace: 'shop' } }],
    });
    expect(found?.summary).toContain('secret web-tls not found; web-tls-2 exists');
    expect(found?.because).toContainEqual({ kind: 'Certificate', namespace: 'shop', name: 'web-tls' });
    const key = event(
      'FailedMount',
      'MountVolume.SetUp failed for volume "conf" : references non-existent config key: app.yaml',
    );
    expect(findings(stuckCreating, [...objects, key])[0]?.summary).toContain(
      'config map key app.yaml is missing in ConfigMap web-conf; app.yml exists',
    );
  });

  it('tells who holds a volume that is attached elsewhere', () => {
    const attachment: Literal = {
      kind: 'VolumeAttachment',
      metadata: { name: 'csi-1' },
      spec: { source: { persistentVolumeName: 'pvc-1' }, nodeName: 'node-2' },
      status: { attached: true },
    };
    const told = event(
      'FailedAttachVolume',
      'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-0',
    );
    const [found] = findings(stuckCreating, [...deployment([creating([])]), attachment, told]);
    expect(found?.summary).toContain(
      'volume pvc-1 is still attached to another node (Multi-Attach), used by pod web-0',
    );
    expect(found?.cause).toContain('node node-2 is still using it');
    expect(found?.because).toContainEqual({ kind: 'Node', name: 'node-2' });
  });

  it('tells a CSI driver that is not there, and a network plugin that fails', () => {
    const driver = event(
      'FailedMount',
      'MountVolume.MountDevice failed for volume "data" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name ebs.csi.aws.com not found in the list of registered CSI drivers',
    );
    expect(findings(stuckCreating, [...deployment([creating([])]), driver])[0]?.summary).toContain(
      'CSI driver ebs.csi.aws.com is not running on the node',
    );
    const network = event(
      'FailedCreatePodSandBox',
      'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "1": plugin type="calico" failed (add): connection is unauthorized',
    );
    expect(findings(stuckCreating, [...deployment([creating([])]), network])[0]?.summary).toContain(
      'the network or sandbox of the pod cannot be set up',
    );
  });

  it('says nothing in the first two minutes', () => {
    expect(findings(stuckCreating, deployment([creating(volumes, 1.5)]))).toEqual([]);
  });
});

describe('pod/init-stuck', () => {
  const waiting = (command: string, minutes = 20) =>
    pod('web-1', {
      minutes,
      spec: { initContainers: [{ name: 'wait', image: 'busybox', command: ['sh', '-c', command] }] },
      containers: { web: { state: { waiting: { reason: 'PodInitializing' } } } },
      init: { wait: { ready: false, state: { running: { startedAt: ago(minutes) } } } },
      status: { phase: 'Pending' },
    });
  const db: Literal = { kind: 'Service', metadata: { name: 'orders-db', namespace: 'shop' }, spec: {} };

  it('names the Service that it waits for, and one that was meant', () => {
    const right = findings(initStuck, [
      ...deployment([waiting('until nc -z orders-db 5432; do sleep 2; done')]),
      db,
    ])[0];
    expect(right?.summary).toContain('init container wait of 1 of 1 pods waits for Service shop/orders-db');
    expect(right?.because).toContainEqual({ kind: 'Service', namespace: 'shop', name: 'orders-db' });
    const wrong = findings(initStuck, [
      ...deployment([waiting('until nslookup order-db.shop.svc.cluster.local; do sleep 2; done')]),
      db,
    ])[0];
    expect(wrong?.summary).toContain('waits for Service shop/order-db, which does not exist (orders-db does)');
    expect(wrong?.fixes[0]?.text).toContain('Service orders-db exists, order-db does not');
  });

  it('leaves one alone that has run for two minutes', () => {
    expect(findings(initStuck, deployment([waiting('sleep 100', 2)]))).toEqual([]);
  });
});

describe('pod/init-stuck, where nobody serves what is waited for', () => {
  const waits = (replicas: number) => {
    const command = ['sh', '-c', 'until nc -z ledger.shop 80; do sleep 2; done'];
    const spec = { initContainers: [{ name: 'wait', image: 'busybox', command }] };
    const init = { wait: { ready: false, state: { running: { startedAt: ago(20) } } } };
    const waiting = pod('web-1', { ready: false, spec, init, status: { phase: 'Pending' }, minutes: 20 });
    const service: Literal = {
      kind: 'Service',
      metadata: { name: 'ledger', namespace: 'shop' },
      spec: { selector: { app: 'ledger' }, ports: [{ port: 80 }] },
    };
    const ledger: Literal = {
      kind: 'Deployment',
      metadata: { name: 'ledger', namespace: 'shop' },
      spec: { replicas, template: { metadata: { labels: { app: 'ledger' } } } },
    };
    return findings(initStuck, [...deployment([waiting]), service, ledger])[0];
  };
  it('names the workload that is scaled to 0, and scales it up', () => {
    expect(waits(0)?.cause).toContain('Its Service has no pods: Deployment shop/ledger is scaled to 0 replicas');
    expect(waits(0)?.fixes[0]?.command).toBe('kubectl --context test scale deployment/ledger -n shop --replicas=1');
    expect(waits(2)?.cause).not.toContain('scaled to 0');
  });
});
