import { describe, expect, it } from 'vitest';
import { newLines } from '../../../src/health/inspect/follow-log.ts';
import { inspect } from '../../../src/health/inspect/inspect.ts';
import { objectYaml } from '../../../src/health/inspect/object-yaml.ts';
import { conditionRows, containerRows, eventRows, pathsOf } from '../../../src/health/inspect/sections.ts';
import type { KubeObject, ObjectRef } from '../../../src/k8s/object.ts';
import type { Collection } from '../../../src/kube/client/api.ts';
import { failure } from '../../../src/kube/client/http/failure.ts';
import type { Clean } from '../../../src/text/sanitise.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const before = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: 'u-pod',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u-rs', controller: true }],
    managedFields: [
      {
        manager: 'kubelet',
        operation: 'Update',
        subresource: 'status',
        time: before(1),
        fieldsV1: { 'f:status': { 'f:phase': {} } },
      },
      {
        manager: 'kubectl',
        operation: 'Apply',
        time: before(90),
        fieldsV1: { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { 'f:image': {} } } } },
      },
    ],
  },
  spec: { containers: [{ name: 'web' }, { name: 'proxy' }] },
  status: {
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: before(4) },
      { type: 'PodScheduled', status: 'True' },
    ],
    containerStatuses: [
      {
        name: 'web',
        ready: false,
        restartCount: 3,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 40s' } },
        lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: before(1) } },
      },
    ],
  },
};
const replicaSet: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'shop', uid: 'u-rs' },
};

/** A server that knows these objects, and refuses what is in `denied`. */
function server(objects: readonly KubeObject[], denied: readonly string[] = []) {
  const no = () => failure('forbidden', 'forbidden' as Clean);
  return {
    serverTime: () => ({ now: NOW, known: true }) as never,
    get: async (ref: ObjectRef) => {
      const found = objects.find(one => one.kind === ref.kind && one.metadata.name === ref.name);
      if (denied.includes(ref.kind)) return no();
      return found ? { ok: true as const, value: found, status: 200 } : failure('not-found', 'not found' as Clean);
    },
    list: async ({ kind }: Collection) =>
      denied.includes(kind)
        ? no()
        : {
            ok: true as const,
            status: 200,
            value: { items: objects.filter(one => one.kind === kind), resourceVersion: '1' },
          },
  } as unknown as Parameters<typeof inspect>[0];
}

const ref: ObjectRef = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' };
const titles = async (api: Parameters<typeof inspect>[0]) => {
  const found = await inspect(api, ref);
  if (!found.ok) throw new Error(found.message);
  return found.value;
};

describe('an inspected object', () => {
  it('says what it is doing, who owns it and who wrote it last', async () => {
    const { sections, containers } = await titles(server([pod, replicaSet]));
    expect(sections.map(({ title }) => title)).toEqual(['CONDITIONS', 'CONTAINERS', 'OWNERS', 'WHO WROTE IT']);
    expect(sections[2]?.rows[0]?.object).toMatchObject({ kind: 'ReplicaSet', name: 'web', uid: 'u-rs' });
    expect(sections[3]?.rows.map(({ text }) => text)).toEqual([
      'kubelet  Update status  1m ago  status.phase',
      'kubectl  Apply  1h30m ago  spec.containers[web].image',
    ]);
    expect(containers).toEqual(['web', 'proxy']);
  });

  it('is BLIND where a part may not be read, and the rest is there', async () => {
    const { sections } = await titles(server([pod, replicaSet], ['Event', 'ReplicaSet']));
    expect(sections.find(({ title }) => title === 'EVENTS')).toMatchObject({ rows: [], blind: 'forbidden' });
    expect(sections.find(({ title }) => title === 'OWNERS')?.blind).toBe('ReplicaSet web: forbidden');
  });

  it('does not take a new object under the old name for the owner', async () => {
    const other = { ...replicaSet, metadata: { ...replicaSet.metadata, uid: 'u-other' } };
    const { sections } = await titles(server([pod, other]));
    expect(sections.find(({ title }) => title === 'OWNERS')?.blind).toContain('the owner is gone');
  });

  it('fails as a whole only where the object itself cannot be read', async () => {
    expect(await inspect(server([]), ref)).toMatchObject({ ok: false, reason: 'not-found' });
  });
});

describe('the rows', () => {
  it('tell a condition that is well when False from one that is well when True', () => {
    const node = {
      ...pod,
      status: {
        conditions: [
          { type: 'MemoryPressure', status: 'False' },
          { type: 'DiskPressure', status: 'True' },
          { type: 'Ready', status: 'Unknown' },
        ],
      },
    };
    expect(conditionRows(node, NOW).map(({ state }) => state)).toEqual(['ok', 'warn', 'stale']);
    expect(conditionRows(pod, NOW)[0]?.text).toBe('Ready False  ContainersNotReady  since 4m');
  });

  it('tell how a container ended before', () => {
    expect(containerRows(pod, NOW)[0]).toEqual({
      state: 'warn',
      text: 'web  waiting: CrashLoopBackOff: back-off 40s  3 restarts, last ended OOMKilled with exit code 137 1m ago',
    });
  });

  it('put the newest event first and count repetitions', () => {
    const event = (minutes: number, reason: string, count: number): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: reason },
      type: 'Warning',
      reason,
      message: 'x\u001b[2Jy',
      count,
      lastTimestamp: before(minutes),
    });
    expect(eventRows([event(9, 'Old', 1), event(2, 'New', 7)], NOW).map(({ text }) => text)).toEqual([
      '2m  7 times  New: xy',
      '9m  Old: xy',
    ]);
  });

  it('name fields by their paths, and say how many more there are', () => {
    expect(pathsOf({ 'f:spec': { 'f:replicas': {}, 'f:a': { '.': {}, 'f:b': {} } } })).toEqual([
      'spec.replicas',
      'spec.a.b',
    ]);
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f:k${i}`, {}]));
    expect(pathsOf(many).at(-1)).toBe('and 16 more');
  });
});

describe('the YAML of an object', () => {
  it('leaves managedFields out and keeps its indentation', () => {
    const text = objectYaml(pod).join('\n');
    expect(text).not.toContain('managedFields');
    expect(text).toContain('\n  name: web-1\n');
  });

  it('never shows a value of a Secret, nor an annotation that may hold one', () => {
    const secret: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 's',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2', note: 'hunter2' },
      },
      type: 'Opaque',
      data: { password: Buffer.from('hunter2').toString('base64') },
      stringData: { other: 'hunter2' },
    };
    const text = objectYaml(secret).join('\n');
    expect(text).toContain('password: 7 bytes, not shown');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(Buffer.from('hunter2').toString('base64'));
  });
});

describe('a followed log', () => {
  it('tells each line once, also where one second holds several', () => {
    const first = newLines('2026-06-01T12:00:00.1Z a\n2026-06-01T12:00:00.2Z b\n', undefined);
    expect(first).toEqual({ lines: ['a', 'b'], last: '2026-06-01T12:00:00.2Z' });
    const next = newLines('2026-06-01T12:00:00.1Z a\n2026-06-01T12:00:00.2Z b\n2026-06-01T12:00:00.3Z c\n', first.last);
    expect(next).toEqual({ lines: ['c'], last: '2026-06-01T12:00:00.3Z' });
  });

  it('is made safe line by line', () => {
    expect(newLines('2026-06-01T12:00:00Z \u001b[31mred\u0007\n', undefined).lines).toEqual(['red']);
  });
});
