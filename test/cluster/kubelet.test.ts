import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { environment, expand } from './kubelet/fields.ts';
import { openGate } from './kubelet/gate.ts';
import { commandLine, findImage, type Image } from './kubelet/images.ts';
import { isolation, matches, type NetworkPolicy } from './kubelet/isolation.ts';
import { podPhase, podStatus } from './kubelet/status.ts';
import type { ContainerStatus, Pod, State } from './kubelet/types.ts';
import { mount, writeVolumes } from './kubelet/volumes.ts';

const metadata = { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', labels: { app: 'x' } };
const pod: Pod = { metadata, spec: { containers: [{ name: 'c', image: 'i' }] } };
const ended: State = {
  terminated: { exitCode: 1, reason: 'Error', startedAt: null, finishedAt: '2026-01-01T00:00:00Z' },
};

function container(state: State, lastState: State = {}, ready = false): ContainerStatus {
  return { name: 'c', image: 'i', imageID: '', ready, started: true, restartCount: 0, state, lastState };
}

describe('a pod’s phase', () => {
  const running = container({ running: { startedAt: '2026-01-01T00:00:00Z' } });
  const waiting = container({ waiting: { reason: 'ImagePullBackOff' } });
  const crashing = container({ waiting: { reason: 'CrashLoopBackOff' } }, ended);
  const failed = container(ended);
  test.each([
    ['Pending', 'Always', [running, waiting]],
    ['Running', 'Always', [crashing]],
    ['Running', 'Never', [running, failed]],
    ['Running', 'OnFailure', [failed]],
    ['Failed', 'Never', [failed]],
  ] as const)('is %s with restart policy %s', (phase, policy, containers) => {
    expect(podPhase(policy, containers)).toBe(phase);
  });

  test('comes with conditions whose time stays while they do', () => {
    const earlier = { type: 'Ready', status: 'False' as const, lastTransitionTime: '2025-12-31T00:00:00Z' };
    const status = podStatus(
      { ...pod, status: { conditions: [earlier] } },
      [waiting],
      { podIP: 'a', hostIP: 'b' },
      'now',
    );
    expect(status).toMatchObject({
      conditions: [
        { type: 'Initialized', lastTransitionTime: 'now' },
        { type: 'Ready', status: 'False', lastTransitionTime: '2025-12-31T00:00:00Z' },
        { type: 'ContainersReady', message: 'containers with unready status: [c]', lastTransitionTime: 'now' },
      ],
    });
  });
});

describe('NetworkPolicies', () => {
  const policy = (spec: NetworkPolicy['spec']): NetworkPolicy => ({ metadata, spec });
  test.each([
    ['no policy', [], { ingress: false, egress: false }],
    ['deny all', [policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })], { ingress: true, egress: true }],
    ['another pod’s', [policy({ podSelector: { matchLabels: { app: 'y' } } })], { ingress: false, egress: false }],
    ['ingress by default', [policy({ podSelector: {} })], { ingress: true, egress: false }],
    ['an allowing rule', [policy({ podSelector: {}, ingress: [{}] })], { ingress: false, egress: false }],
  ] as const)('%s', (_name, policies, cut) => {
    expect(isolation(pod, policies)).toEqual(cut);
  });

  test('select by expression', () => {
    const key = 'app';
    expect(matches({ matchExpressions: [{ key, operator: 'In', values: ['x'] }] }, { app: 'x' })).toBe(true);
    expect(matches({ matchExpressions: [{ key, operator: 'NotIn', values: ['x'] }] }, {})).toBe(true);
    expect(matches({ matchExpressions: [{ key, operator: 'Exists' }] }, {})).toBe(false);
  });
});

describe('a container’s environment', () => {
  const nothing = { field: () => 'of-pod', secret: async () => undefined, configMap: async () => undefined };
  test('refers to variables before it', async () => {
    const entries = [
      { name: 'A', value: '1' },
      { name: 'B', value: '$(A)2 $$(A) $(C)' },
    ];
    expect(await environment(entries, nothing)).toEqual({ A: '1', B: '12 $(A) $(C)' });
    expect(expand('--x=$(A)', { A: 'y' })).toBe('--x=y');
  });
  test('is refused when a key is missing that is not optional', async () => {
    const from = (optional: boolean) => [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional } } }];
    expect(await environment(from(true), nothing)).toEqual({});
    await expect(environment(from(false), nothing)).rejects.toThrow('couldn\'t find key k in secret "s"');
  });
});

test('an image is found by name, and has the one command', () => {
  const image: Image = { name: 'registry:5000/a/b', command: '/manager', binary: '', listens: [], arguments: () => [] };
  expect(findImage([image], 'registry:5000/a/b:v1@sha256:0')).toBe(image);
  expect(findImage([image], 'registry:5000/a/c:v1')).toBeUndefined();
  expect(commandLine(image, { name: 'c', image: '', args: ['-v'] })).toEqual(['-v']);
  expect(commandLine(image, { name: 'c', image: '', command: ['/chaos-nonexistent-binary'] })).toBeUndefined();
});

describe('volumes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mayday-volumes-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('follow their Secret, below the path where it is mounted', async () => {
    const volume = { name: 'cert', secret: { secretName: 's' } };
    const mounted = { name: 'c', image: 'i', volumeMounts: [{ name: 'cert', mountPath: '/etc/certs' }] };
    const source = (data: Record<string, Buffer> | undefined) => ({
      secret: async () => data,
      configMap: async () => undefined,
      token: async () => '',
      field: () => undefined,
    });
    const withVolume = { ...pod, spec: { ...pod.spec, volumes: [volume] } };
    await expect(writeVolumes(withVolume, folder, source(undefined))).rejects.toThrow('secret "s" not found');
    await writeVolumes(withVolume, folder, source({ a: Buffer.from('1'), b: Buffer.from('2') }));
    mkdirSync(join(folder, 'root'));
    mount(mounted, folder, join(folder, 'root'));
    await writeVolumes(withVolume, folder, source({ a: Buffer.from('3') }));
    expect(readdirSync(join(folder, 'root/etc/certs'))).toEqual(['a']);
    expect(readFileSync(join(folder, 'root/etc/certs/a'), 'utf8')).toBe('3');
  });
});

describe('a gate', () => {
  let echo: Server;
  beforeEach(async () => {
    echo = createServer(socket => socket.pipe(socket));
    await new Promise<void>(resolve => echo.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => echo.close());

  test('passes, stops without closing, and passes on what was held', async () => {
    const gate = await openGate((echo.address() as { port: number }).port);
    const open = (): { socket: Socket; heard: () => string } => {
      let text = '';
      const socket = new Socket().connect(gate.port, '127.0.0.1');
      socket.on('data', part => {
        text += part;
      });
      return { socket, heard: () => text };
    };
    const before = open();
    before.socket.write('1');
    await expect.poll(before.heard).toBe('1');
    gate.setCut(true);
    before.socket.write('2');
    const during = open();
    during.socket.write('3');
    await sleep(150);
    expect([before.heard(), during.heard(), before.socket.closed]).toEqual(['1', '', false]);
    gate.setCut(false);
    await expect.poll(() => [before.heard(), during.heard()]).toEqual(['12', '3']);
    before.socket.destroy();
    during.socket.destroy();
    gate.close();
  });
});
