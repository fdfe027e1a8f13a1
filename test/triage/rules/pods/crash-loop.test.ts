import { describe, expect, it } from 'vitest';
import { crashLoop, oomKilled } from '../../../../src/triage/rules/pods/crash-loop.ts';
import { exitText } from '../../../../src/triage/rules/pods/exit-code-text.ts';
import { logHint } from '../../../../src/triage/rules/pods/log-hints.ts';
import { startErrorRule } from '../../../../src/triage/rules/pods/start-error.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod, warning } from '../objects.ts';

const ended = (reason: string, exitCode: number, message = '', minutes = 1) => ({
  terminated: { reason, exitCode, message, startedAt: ago(minutes + 1), finishedAt: ago(minutes) },
});
const looping = (lastState: object, spec: Record<string, unknown> = {}) =>
  pod('web-1', {
    spec: { containers: [{ name: 'web', image: 'ghcr.io/shop/web:1', ...spec }] },
    containers: { web: { restartCount: 9, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState } },
  });

describe('pod/crash-loop', () => {
  it('reads from the log that the image is for another processor', () => {
    const logs = { 'shop/web-1/web': ['exec /usr/bin/web: exec format error'] };
    const [found] = findings(crashLoop, deployment([looping(ended('Error', 255))]), { logs });
    expect(found?.summary).toContain(
      'exit code 255; log: exec format error: the image is built for another architecture',
    );
  });
  it('gives the exit code and the end of the log, and the Service that the log says does not answer', () => {
    const logs = {
      'shop/web-1/web': ['starting', 'FATAL: dial tcp: lookup ledger.payments.svc on 10.96.0.10:53: no such host'],
    };
    const [found] = findings(crashLoop, deployment([looping(ended('Error', 1))]), { logs });
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Deployment', name: 'web' } });
    expect(found?.summary).toContain(
      'exit code 1: the application exited with an error; log: the name ledger.payments.svc does not resolve',
    );
    expect(found?.evidence).toContain('log: starting');
    expect(found?.because).toContainEqual({ kind: 'Service', namespace: 'payments', name: 'ledger' });
    expect(found?.fixes.at(-1)?.command).toBe('kubectl --context test logs web-1 -n shop -c web --previous --tail=100');
  });

  it('says since when at least: of nine crashes only the last is told', () => {
    const [found] = findings(crashLoop, deployment([looping(ended('Error', 1, '', 3))]));
    expect(found?.since?.exact).toBe(false);
    expect(found?.since?.at).toBeLessThanOrEqual(Date.parse(ago(4)));
  });

  it('says that the log was not read where it cannot be had', () => {
    const [found] = findings(crashLoop, deployment([looping(ended('Error', 1))]));
    expect(found?.evidence.at(-1)).toContain('not read: log of web-1');
  });

  it('blames a liveness probe for exit code 137 where an event tells of one', () => {
    const event = warning(
      'Pod',
      'shop',
      'web-1',
      'Unhealthy',
      'Liveness probe failed: HTTP probe failed with statuscode: 500',
    );
    const probe = { livenessProbe: { httpGet: { path: '/', port: 8080 } } };
    const [found] = findings(crashLoop, [...deployment([looping(ended('Error', 137), probe)]), event]);
    expect(found?.summary).toContain('the kubelet kills it because its liveness probe fails');
  });

  it('finds a container between two crashes, but not one that restarted a day ago', () => {
    const running = (minutes: number, ready: boolean) =>
      pod('web-1', {
        ready,
        containers: { web: { restartCount: 6, ready, lastState: ended('Error', 1, '', minutes) } },
      });
    expect(findings(crashLoop, deployment([running(3, false)]))).toHaveLength(1);
    expect(findings(crashLoop, deployment([running(1500, true)]))).toEqual([]);
    expect(findings(crashLoop, deployment([running(1500, false)]))).toEqual([]);
  });

  it('leaves the pods of a Job that are not restarted to the rules of Jobs', () => {
    const failed = pod('job-1', {
      spec: { restartPolicy: 'Never' },
      containers: { web: { state: ended('Error', 1) } },
      status: { phase: 'Failed' },
    });
    expect(findings(crashLoop, [failed])).toEqual([]);
  });
});

describe('pod/oom-killed', () => {
  it('gives the limit, and a command that doubles it', () => {
    const sick = looping(ended('OOMKilled', 137), { resources: { limits: { memory: '256Mi' } } });
    const [found] = findings(oomKilled, deployment([sick]));
    expect(found?.summary).toContain('OOMKilled at its memory limit of 256Mi');
    expect(found?.fixes[0]?.command).toContain(
      'set resources deployment/web -n shop --containers=web --limits=memory=512Mi',
    );
    expect(findings(crashLoop, deployment([sick]))).toEqual([]);
  });
});

describe('pod/start-error', () => {
  const MESSAGE =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "/srv/sevrer": stat /srv/sevrer: no such file or directory: unknown';
  it('tells a command that is not in the image, also behind a crash loop', () => {
    const waiting = pod('web-1', {
      containers: { web: { state: { waiting: { reason: 'RunContainerError', message: MESSAGE } } } },
    });
    expect(findings(startErrorRule, deployment([waiting]))[0]?.summary).toContain(
      'command /srv/sevrer: command not found in the image',
    );
    const loop = looping(ended('StartError', 128, MESSAGE));
    expect(findings(startErrorRule, deployment([loop]))[0]?.summary).toContain('command not found');
    expect(findings(crashLoop, deployment([loop]))).toEqual([]);
  });

  it('tells a postStart hook that fails', () => {
    const sick = pod('web-1', {
      containers: { web: { state: { waiting: { reason: 'PostStartHookError', message: 'hook' } } } },
    });
    const event = warning(
      'Pod',
      'shop',
      'web-1',
      'FailedPostStartHook',
      "PostStartHook failed: command 'sh -c warm' exited with 127",
    );
    expect(findings(startErrorRule, [...deployment([sick]), event])[0]?.summary).toContain(
      'its postStart hook fails: PostStartHook failed',
    );
  });
});

it.each([
  ['Error', 143, 'SIGTERM'],
  ['Error', 139, 'segmentation fault'],
  ['Error', 127, 'command not found'],
  ['Error', 126, 'cannot be executed'],
  ['Completed', 0, 'exits without an error'],
  ['Error', 159, 'signal 31'],
  ['Error', 3, 'exit code 3'],
])('%s %i says %s', (reason, exitCode, words) => {
  expect(exitText({ reason, exitCode, message: '', startedAt: undefined, finishedAt: undefined })).toContain(words);
});

it.each([
  [
    'E0101 reflector.go: deployments.apps is forbidden: User "system:serviceaccount:kserve:manager" cannot list resource "deployments" in API group "apps" at the cluster scope',
    'service account kserve/manager is forbidden to list deployments.apps',
  ],
  ['FATAL: password authentication failed for user "shop"', 'credentials are rejected'],
  ['Error: listen EADDRINUSE: address already in use :::8080', 'port is already in use'],
  ['java.lang.OutOfMemoryError: Java heap space', 'ran out of memory'],
  ['open /etc/app/config.yaml: no such file or directory', 'file /etc/app/config.yaml does not exist'],
  ['no matches for kind "Widget" in version "demo.example.com/v1"', 'does not serve kind Widget'],
  ['plugin/forward: Corefile:5 - Error during parsing: Unknown directive', 'configuration is not valid'],
  ['connect ECONNREFUSED 10.96.4.2:5432', '10.96.4.2:5432 refuses the connection'],
])('reads %s', (line, means) => {
  expect(logHint(['hello', line, 'bye'], 'shop')?.means).toContain(means);
});

it('reads nothing into harmless lines', () => {
  expect(logHint(['listening on :8080', 'GET /healthz 200', 'shutting down'], 'shop')).toBeUndefined();
});

describe('what the log of a crash names', () => {
  const crashing = (line: string) => ({
    objects: deployment([
      pod('web-1', {
        containers: {
          web: {
            ready: false,
            restartCount: 7,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { reason: 'Error', exitCode: 1, finishedAt: ago(1) } },
          },
        },
      }),
    ]),
    logs: { 'shop/web-1/web': [line] },
  });
  const service: Literal = {
    kind: 'Service',
    metadata: { name: 'api', namespace: 'pay' },
    spec: { clusterIP: '10.96.12.7', selector: { app: 'api' } },
  };
  const api: Literal = {
    kind: 'Pod',
    metadata: { name: 'api-1', namespace: 'pay', labels: { app: 'api' } },
    status: { phase: 'Running' },
  };
  const policy: Literal = {
    kind: 'NetworkPolicy',
    metadata: { name: 'deny', namespace: 'pay' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  it.each([
    'Post "http://api.pay.svc.cluster.local/v1/charge": dial tcp 10.96.12.7:80: i/o timeout',
    'cannot connect: dial tcp 10.96.12.7:80: connect: connection refused',
  ])('is explained by the Service, and by the policy that isolates its pods: %s', line => {
    const { objects, logs } = crashing(line);
    const [found] = findings(crashLoop, [...objects, service, api, policy], { logs });
    expect(found?.because).toContainEqual({ kind: 'Service', namespace: 'pay', name: 'api' });
    expect(found?.because).toContainEqual({ kind: 'NetworkPolicy', namespace: 'pay', name: 'deny', rule: 'network/' });
  });
  it('is explained by the DNS of the cluster where a lookup gets no answer', () => {
    const { objects, logs } = crashing(
      'dial tcp: lookup db.shop on 10.96.0.10:53: read udp 10.244.1.5:41022->10.96.0.10:53: i/o timeout',
    );
    const [found] = findings(crashLoop, objects, { logs });
    expect(found?.because).toContainEqual({ kind: 'Service', namespace: 'kube-system', name: 'kube-dns' });
  });
});
