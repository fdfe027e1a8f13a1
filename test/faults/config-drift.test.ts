import { describe, expect, it } from 'vitest';
import { readEnvelope, sha256 } from '../../src/injection/record/envelope.ts';
import { MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { type FakeApi, failing, fakeApi } from '../support/fake-api.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, sendAll } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const b64 = (text: string) => Buffer.from(text).toString('base64');
function configMap(more: Partial<KubeObject> = {}, metadata: Partial<KubeObject['metadata']> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'config', namespace: 'shop', ...metadata },
    data: { mode: 'live' },
    ...more,
  };
}
function secret(more: Partial<KubeObject> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'token', namespace: 'shop' },
    type: 'Opaque',
    data: { password: b64('s3cret') },
    ...more,
  };
}
const DRIFT = { type: 'ConfigDrift', parameters: { name: 'config', key: 'mode', value: 'chaos' } } as const;
const LEAK = {
  type: 'ConfigDrift',
  parameters: { name: 'token', key: 'password', value: 'wrong', resourceType: 'Secret' },
} as const;
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'config' };
const TOKEN = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'token' };
const BACKUP = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'chaos-rollback-token-password' };

describe('what is refused', () => {
  it.each<[string, KubeObject[], string]>([
    [
      'a missing object',
      [],
      'not-found: expected ConfigMap shop/config to exist, found none: check the name and namespace',
    ],
    [
      'CFG-2: one that carries a record, of any type',
      [configMap({}, { annotations: { [ROLLBACK_DATA]: '{"data":{"finalizer":"x"}}' } })],
      'already-injected: ConfigMap shop/config already carries the undo record chaos.operatorchaos.io/rollback-data: revert it first',
    ],
    [
      'one that chaos created or still marks',
      [configMap({}, { labels: { [TYPE_LABEL]: 'LabelStomping' } })],
      'already-injected: ConfigMap shop/config is labelled chaos.operatorchaos.io/type=LabelStomping: revert that injection first',
    ],
    [
      'a Terminating one',
      [configMap({}, { deletionTimestamp: '2026-11-21T12:00:00Z', finalizers: ['x/y'] })],
      'terminating: ConfigMap shop/config is Terminating since 2026-11-21T12:00:00Z: wait until it is gone',
    ],
    [
      'CFG-8: an immutable one',
      [configMap({ immutable: true })],
      'forbidden-target: ConfigMap shop/config is immutable: the API server would refuse the change',
    ],
    [
      'CFG-8: binary data',
      [configMap({ binaryData: { mode: 'AA==' } })],
      'forbidden-target: ConfigMap shop/config holds mode as binary data, which an undo record cannot carry',
    ],
    [
      'the value that is there already',
      [configMap({ data: { mode: 'chaos' } })],
      'no-effect: ConfigMap shop/config already has this value in mode: nothing would change',
    ],
    [
      'CFG-9: an original too large for a record',
      [configMap({ data: { mode: 'x'.repeat(210_000) } })],
      'invalid: the original does not fit into an undo record on ConfigMap shop/config: the limit is 200000 bytes',
    ],
    [
      'CFG-9: annotations that would grow too large',
      [configMap({ data: { mode: 'x'.repeat(150_000) } }, { annotations: { mine: 'y'.repeat(150_000) } })],
      'invalid: the original does not fit into an undo record on ConfigMap shop/config: the limit is 262144 bytes',
    ],
  ])('%s', async (_what, objects, message) => {
    const api = fakeApi(objects);
    expect(await refusal(api, DRIFT)).toBe(message);
    expect(api.log.every(request => request.verb === 'get' || request.verb === 'list')).toBe(true);
  });

  it('a Secret whose backup already exists: it may be the only original', async () => {
    const api = fakeApi([secret(), { ...secret(), metadata: { name: BACKUP.name, namespace: 'shop' } }]);
    expect(await refusal(api, LEAK)).toMatch(
      /^already-injected: Secret shop\/chaos-rollback-token-password, the name needed for the backup, already exists/,
    );
  });

  it.each([
    [
      'CFG-5: the key that the backup needs for itself',
      { key: 'keyExists' },
      /^invalid: key keyExists cannot be backed up/,
    ],
    [
      'CFG-5: a key that makes no valid name',
      { key: 'a.' },
      /^invalid: the backup would be named chaos-rollback-token-a\., which is not a valid Secret name/,
    ],
  ])('%s', async (_what, parameters, message) => {
    expect(await refusal(fakeApi([secret()]), { ...LEAK, parameters: { ...LEAK.parameters, ...parameters } })).toMatch(
      message,
    );
  });

  it('what cannot be read', async () => {
    const api = fakeApi([configMap()]);
    api.script({ on: request => request.verb === 'list', answer: failing('forbidden', 'pods is forbidden') });
    expect(await refusal(api, DRIFT)).toMatch(/^blind: cannot read the pods of shop/);
  });
});

describe('pods in reach', () => {
  const podWith = (name: string, spec: object, phase = 'Running'): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop' },
    spec,
    status: { phase },
  });
  it('are those that mount the key or have it in their environment', async () => {
    const api = fakeApi([
      configMap(),
      podWith('mounts', { volumes: [{ configMap: { name: 'config' } }] }),
      podWith('mounts-item', { volumes: [{ configMap: { name: 'config', items: [{ key: 'mode' }] } }] }),
      podWith('projects', { volumes: [{ projected: { sources: [{ configMap: { name: 'config' } }] } }] }),
      podWith('env', { containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'config', key: 'mode' } } }] }] }),
      podWith('init', { initContainers: [{ envFrom: [{ configMapRef: { name: 'config' } }] }] }),
      podWith('other-key', {
        containers: [{ env: [{ valueFrom: { configMapKeyRef: { name: 'config', key: 'x' } } }] }],
      }),
      podWith('other-item', { volumes: [{ configMap: { name: 'config', items: [{ key: 'x' }] } }] }),
      podWith('other-kind', { volumes: [{ secret: { secretName: 'config' } }] }),
      podWith('finished', { volumes: [{ configMap: { name: 'config' } }] }, 'Succeeded'),
    ]);
    const plan = await mustPlan(api, DRIFT);
    expect(plan.pods.map(pod => pod.name)).toEqual(['mounts', 'mounts-item', 'projects', 'env', 'init']);
  });
});

describe('injecting', () => {
  it('carries value and record in one request, bound to the version that was read', async () => {
    const api = fakeApi([configMap()]);
    const plan = await mustPlan(api, DRIFT);
    expect(plan.writes).toHaveLength(1);
    api.change(CONFIG, object => {
      object.data = { mode: 'fixed by its owner' };
    });
    expect((await sendAll(api, plan.writes)).state).toBe('conflict');
    expect(api.peek(CONFIG)?.data).toEqual({ mode: 'fixed by its owner' });
  });

  it('G-6: leaves the victim’s managed-by label alone and keeps it in the record', async () => {
    const api = fakeApi([configMap({}, { labels: { 'app.kubernetes.io/managed-by': 'Helm' } })]);
    await inject(api, DRIFT);
    const victim = api.peek(CONFIG);
    expect(victim?.metadata.labels).toEqual({ 'app.kubernetes.io/managed-by': 'Helm', [TYPE_LABEL]: 'ConfigDrift' });
    expect(readEnvelope(victim?.metadata.annotations?.[ROLLBACK_DATA] ?? '')).toMatchObject({
      ok: true,
      mayday: { id: 'i-0001', managedBy: 'Helm', injected: 'chaos', expires: '2026-11-21T12:05:00.000Z' },
    });
  });

  it('keeps fields that it knows nothing of', async () => {
    const api = fakeApi([configMap({ brandNew: { x: 1 } })]);
    await inject(api, DRIFT);
    expect(api.peek(CONFIG)).toMatchObject({ brandNew: { x: 1 }, data: { mode: 'chaos' } });
  });

  it('puts no value of a Secret into an annotation', async () => {
    const api = fakeApi([secret()]);
    await inject(api, LEAK);
    const annotations = JSON.stringify(api.peek(TOKEN)?.metadata.annotations);
    for (const text of ['s3cret', b64('s3cret'), 'wrong', b64('wrong')]) expect(annotations).not.toContain(text);
    expect(api.peek(TOKEN)?.data).toEqual({ password: b64('wrong') });
  });

  it('writes the backup first, and takes it back when the Secret refuses the change', async () => {
    const api = fakeApi([secret()]);
    const plan = await mustPlan(api, LEAK);
    expect(plan.writes.map(write => `${write.verb} ${write.on.name}`)).toEqual([
      'create chaos-rollback-token-password',
      'patch token',
    ]);
    api.script({ on: request => request.verb === 'patch', answer: failing('forbidden', 'no') });
    expect(await sendAll(api, plan.writes)).toMatchObject({ state: 'failed', left: [] });
    expect(api.all().map(object => object.metadata.name)).toEqual(['token']);
  });
});

describe('the effect', () => {
  it('is proven by reading the value back, and absent once healed or gone', async () => {
    const api = fakeApi([configMap()]);
    const plan = await inject(api, DRIFT);
    expect((await effectOf(api, DRIFT, plan)).state).toBe('proven');
    api.change(CONFIG, object => {
      object.data = { mode: 'live' };
    });
    expect((await effectOf(api, DRIFT, plan)).state).toBe('absent');
    api.forget(CONFIG);
    expect((await effectOf(api, DRIFT, plan)).state).toBe('absent');
  });
});

describe('restoring a ConfigMap', () => {
  async function injected(more: Partial<KubeObject> = {}): Promise<FakeApi> {
    const api = fakeApi([configMap(more)]);
    await inject(api, DRIFT);
    return api;
  }

  it.each<[string, Partial<KubeObject>]>([
    ['a key that was there', {}],
    ['a key that was not there', { data: { other: 'x' } }],
    ['an empty value', { data: { mode: '' } }],
    ['no data at all', { data: {} }],
    ['characters that JSON escapes', { data: { mode: '<b>&\u2028\b\f\u0007"\\ä😀' } }],
  ])('gives back %s', async (_what, more) => {
    const api = await injected(more);
    const restore = await restoreOf(api, 'ConfigDrift', CONFIG);
    expect(restore.is).toBe('restore');
    if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
    const before = fakeApi([configMap(more)]).all()[0];
    expect(comparable(api.all()[0])).toEqual(comparable(before));
  });

  it('only strips the marks when the owner healed it already', async () => {
    const api = await injected();
    api.change(CONFIG, object => {
      object.data = { mode: 'live' };
    });
    const restore = await restoreOf(api, 'ConfigDrift', CONFIG);
    expect(restore.is).toBe('already-restored');
    if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
    expect(comparable(api.peek(CONFIG))).toEqual(comparable(configMap()));
  });

  it('tells of a forced restore what was put back over what, not only why it was doubtful', async () => {
    const api = fakeApi([configMap()]);
    await inject(api, DRIFT);
    api.change(CONFIG, object => {
      object.data = { mode: 'third' };
    });
    const [receipt] = await revertEverything(api, { force: true });
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
    expect(receipt?.message).toMatch(
      /^restored by decision of a person: the value is now live, and was third; the question was: /,
    );
  });

  it('shows a third value beside the other two and asks', async () => {
    const api = await injected();
    api.change(CONFIG, object => {
      object.data = { mode: 'new and right' };
    });
    expect(await restoreOf(api, 'ConfigDrift', CONFIG)).toMatchObject({
      is: 'diverged',
      original: 'live',
      injected: 'chaos',
      live: 'new and right',
    });
  });

  it('says of an empty value that it is empty', async () => {
    const api = await injected();
    api.change(CONFIG, object => {
      object.data = { mode: '' };
    });
    expect(await restoreOf(api, 'ConfigDrift', CONFIG)).toMatchObject({ is: 'diverged', live: '(empty)' });
  });

  it('knows a third value of the framework’s own injection by who wrote it', async () => {
    const record = { data: '{"key":"mode","keyExists":"true","originalValue":"live","resourceType":"ConfigMap"}' };
    const annotation = `{"data":${record.data},"checksum":"${sha256(record.data)}"}`;
    const wrote = (manager: string, fieldsV1: object) => ({ manager, operation: 'Update', fieldsV1 });
    const marks = { 'f:metadata': { 'f:annotations': { [`f:${ROLLBACK_DATA}`]: {} } } };
    const victim = (managedFields: KubeObject['metadata']['managedFields']) =>
      configMap(
        { data: { mode: 'third' } },
        { annotations: { [ROLLBACK_DATA]: annotation }, managedFields: managedFields ?? [] },
      );
    const kindOf = async (object: KubeObject) => (await restoreOf(fakeApi([object]), 'ConfigDrift', CONFIG)).is;
    expect(await kindOf(victim([wrote('operator-chaos', { ...marks, 'f:data': { 'f:mode': {} } })]))).toBe('restore');
    expect(await kindOf(victim([wrote('operator-chaos', marks), wrote('owner', { 'f:data': { 'f:mode': {} } })]))).toBe(
      'diverged',
    );
  });

  it('of the framework’s, made again from its own YAML with the value of the injection in it: the original comes back', async () => {
    const record = { data: '{"key":"mode","keyExists":"true","originalValue":"live","resourceType":"ConfigMap"}' };
    const annotation = `{"data":${record.data},"checksum":"${sha256(record.data)}"}`;
    const made = '2026-11-21T12:00:00Z';
    const fieldsV1 = {
      'f:metadata': { 'f:annotations': { '.': {}, [`f:${ROLLBACK_DATA}`]: {} } },
      'f:data': { '.': {}, 'f:mode': {} },
    };
    const managedFields = [{ manager: 'kubectl-create', operation: 'Update', time: made, fieldsV1 }];
    const again = configMap(
      { data: { mode: 'chaos' } },
      { annotations: { [ROLLBACK_DATA]: annotation }, creationTimestamp: made, managedFields },
    );
    expect(await restoreOf(fakeApi([again]), 'ConfigDrift', CONFIG)).toMatchObject({
      is: 'restore',
      says: 'restore mode of ConfigMap shop/config (the object was created or applied from a YAML that holds the undo record; chaos in it was taken for the injected value)',
    });
  });

  it('takes a key out of a ConfigMap that was empty, of which the server keeps no writers', async () => {
    const record = { data: '{"key":"mode","keyExists":"false","originalValue":"","resourceType":"ConfigMap"}' };
    const annotation = `{"data":${record.data},"checksum":"${sha256(record.data)}"}`;
    const kindOf = async (data: Record<string, string>) => {
      const object = configMap({ data }, { annotations: { [ROLLBACK_DATA]: annotation }, managedFields: [] });
      return (await restoreOf(fakeApi([object]), 'ConfigDrift', CONFIG)).is;
    };
    expect(await kindOf({ mode: 'chaos' })).toBe('restore');
    // Something else is in it: it was not empty, or somebody wrote to it since.
    expect(await kindOf({ mode: 'chaos', other: 'theirs' })).toBe('diverged');
  });

  it('writes nothing when the value or the record changed since it was judged', async () => {
    const api = await injected();
    const restore = await restoreOf(api, 'ConfigDrift', CONFIG);
    api.change(CONFIG, object => {
      object.data = { mode: 'just now' };
    });
    if (restore.is === 'corrupt') throw new Error(restore.says);
    expect((await sendAll(api, restore.writes, 'revert')).state).toBe('conflict');
    expect(api.peek(CONFIG)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
  });

  it('bears with changes beside it', async () => {
    const api = await injected();
    const restore = await restoreOf(api, 'ConfigDrift', CONFIG);
    api.change(CONFIG, object => {
      object.data = { ...(object.data as object), other: 'added' };
    });
    if (restore.is === 'corrupt') throw new Error(restore.says);
    expect((await sendAll(api, restore.writes, 'revert')).state).toBe('done');
    expect(api.peek(CONFIG)?.data).toEqual({ mode: 'live', other: 'added' });
  });

  const record = (text: string) =>
    configMap({}, { annotations: { [ROLLBACK_DATA]: text }, labels: { [TYPE_LABEL]: 'ConfigDrift' } });
  const sealed = (data: string) => `{"data":${data},"checksum":"${sha256(data)}"}`;
  it.each<[string, KubeObject, RegExp]>([
    [
      'G-9: a record that is gone',
      configMap({}, { labels: { [TYPE_LABEL]: 'ConfigDrift' } }),
      /no undo record, so the original is not known; left as it is$/,
    ],
    ['a broken checksum', record('{"data":{"key":"mode"},"checksum":"00"}'), /damaged: checksum mismatch/],
    ['CFG-3: another type’s record', record(sealed('{"finalizer":"x"}')), /not one of ConfigDrift/],
    [
      'a Secret’s record on a ConfigMap',
      record(sealed('{"key":"mode","resourceType":"Secret","rollbackSecretRef":"x"}')),
      /is for a Secret, not for a ConfigMap/,
    ],
    [
      'G-8: a label of another type',
      {
        ...record(sealed('{"key":"a"}')),
        metadata: {
          ...record('').metadata,
          annotations: { [ROLLBACK_DATA]: sealed('{"key":"a"}') },
          labels: { [TYPE_LABEL]: 'RBACRevoke' },
        },
      },
      /the type label says RBACRevoke/,
    ],
  ])('refuses %s', async (_what, object, message) => {
    const restore = await restoreOf(fakeApi([object]), 'ConfigDrift', CONFIG);
    expect(restore).toMatchObject({ is: 'corrupt', says: expect.stringMatching(message) });
  });

  it('puts the victim’s own managed-by label back where the framework overwrote it', async () => {
    const data = '{"key":"mode","keyExists":"true","originalValue":"live","resourceType":"ConfigMap"}';
    const stamped = (annotations: Record<string, string>) =>
      configMap(
        { data: { mode: 'chaos' } },
        {
          annotations: { [ROLLBACK_DATA]: sealed(data), ...annotations },
          labels: { [TYPE_LABEL]: 'ConfigDrift', 'app.kubernetes.io/managed-by': 'operator-chaos' },
        },
      );
    const labelsAfter = async (object: KubeObject) => {
      const api = fakeApi([object]);
      const restore = await restoreOf(api, 'ConfigDrift', CONFIG);
      if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
      return api.peek(CONFIG)?.metadata.labels;
    };
    const applied = JSON.stringify({ metadata: { labels: { 'app.kubernetes.io/managed-by': 'kustomize' } } });
    expect(await labelsAfter(stamped({ 'meta.helm.sh/release-name': 'shop' }))).toEqual({
      'app.kubernetes.io/managed-by': 'Helm',
    });
    expect(await labelsAfter(stamped({ 'kubectl.kubernetes.io/last-applied-configuration': applied }))).toEqual({
      'app.kubernetes.io/managed-by': 'kustomize',
    });
    expect(await labelsAfter(stamped({}))).toBeUndefined();
  });
});

describe('restoring a Secret', () => {
  async function injected(): Promise<FakeApi> {
    const api = fakeApi([secret()]);
    await inject(api, LEAK);
    return api;
  }

  it('drops the backup last, and only by its uid', async () => {
    const api = await injected();
    const restore = await restoreOf(api, 'ConfigDrift', TOKEN);
    if (restore.is !== 'restore') throw new Error(restore.says);
    const uid = api.peek(BACKUP)?.metadata.uid;
    expect(restore.writes.map(write => write.verb)).toEqual(['patch', 'delete']);
    expect(restore.writes[1]).toMatchObject({ precondition: { uid } });
  });

  it('CFG-1: does not call it restored when the backup is gone', async () => {
    const api = await injected();
    api.forget(BACKUP);
    expect(await restoreOf(api, 'ConfigDrift', TOKEN)).toMatchObject({
      is: 'corrupt',
      says: 'Secret shop/token: Secret chaos-rollback-token-password, which held the original of password, is gone; left as it is',
    });
  });

  it('CFG-7: trusts no reference but the one that the name leads to', async () => {
    const api = await injected();
    const data = '{"key":"password","resourceType":"Secret","rollbackSecretRef":"other-peoples-secret"}';
    api.change(TOKEN, object => {
      object.metadata.annotations = { [ROLLBACK_DATA]: `{"data":${data},"checksum":"${sha256(data)}"}` };
    });
    expect(await restoreOf(api, 'ConfigDrift', TOKEN)).toMatchObject({
      is: 'corrupt',
      says: expect.stringMatching(/points to Secret other-peoples-secret/),
    });
  });

  it('CFG-7: nor a backup that says it belongs to another', async () => {
    const api = await injected();
    api.change(BACKUP, object => {
      object.metadata.annotations = { 'chaos.operatorchaos.io/original-secret': 'other' };
    });
    expect(await restoreOf(api, 'ConfigDrift', TOKEN)).toMatchObject({
      is: 'corrupt',
      says: expect.stringMatching(/belongs to other, not to token/),
    });
  });

  it.each([
    ['another original', { password: b64('evil') }],
    ['that there was none', { keyExists: b64('false') }],
  ])('restores nothing from a backup into which somebody has since written %s', async (_what, change) => {
    const api = await injected();
    api.change(BACKUP, object => {
      object.data = { ...(object.data as object), ...change };
    });
    expect(await revertEverything(api, { force: true })).toMatchObject([
      {
        outcome: 'failed',
        verified: false,
        message: expect.stringContaining('was changed after the injection stored it'),
      },
    ]);
    expect(api.peek(TOKEN)?.data).toEqual({ password: b64('wrong') });
    expect(api.peek(BACKUP)).toBeDefined();
  });

  it('restores nothing from a backup of the framework that somebody else has written to, as managedFields tell', async () => {
    const api = await injected();
    const owns = (manager: string, fieldsV1: object) => ({ manager, operation: 'Update' as const, fieldsV1 });
    const marks = { 'f:labels': { [`f:${TYPE_LABEL}`]: {} } };
    api.change(BACKUP, object => {
      delete object.metadata.annotations?.[MAYDAY];
      object.metadata.managedFields = [
        owns('operator-chaos', { 'f:data': { 'f:keyExists': {} }, 'f:metadata': marks }),
        owns('kubectl-edit', { 'f:data': { 'f:password': {} } }),
      ];
    });
    expect(await restoreOf(api, 'ConfigDrift', TOKEN)).toMatchObject({
      is: 'corrupt',
      says: expect.stringContaining('by kubectl-edit/Update'),
    });
  });

  it('shows no secret value when it diverged', async () => {
    const api = await injected();
    api.change(TOKEN, object => {
      object.data = { password: b64('rotated') };
    });
    const restore = await restoreOf(api, 'ConfigDrift', TOKEN);
    expect(restore).toMatchObject({ is: 'diverged', original: expect.stringMatching(/^\(secret, 6 bytes, sha256:/) });
    for (const text of ['s3cret', 'wrong', 'rotated']) {
      const { writes: _writes, ...shown } = restore as { writes: unknown };
      expect(JSON.stringify(shown)).not.toContain(b64(text));
    }
  });

  describe('by a backup that was left over', () => {
    it('only drops it when the Secret was never changed: a crash between the two writes', async () => {
      const api = fakeApi([secret()]);
      const plan = await mustPlan(api, LEAK);
      await sendAll(api, plan.writes.slice(0, 1));
      const restore = await restoreOf(api, 'ConfigDrift', BACKUP);
      expect(restore.is).toBe('already-restored');
      if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
      expect(api.all().map(comparable)).toEqual([comparable(secret())]);
    });

    it('asks when the Secret differs and says nothing of an injection', async () => {
      const api = await injected();
      api.change(TOKEN, object => {
        delete object.metadata.annotations;
      });
      const restore = await restoreOf(api, 'ConfigDrift', BACKUP);
      expect(restore).toMatchObject({ is: 'diverged', says: expect.stringMatching(/differs from its backup/) });
      if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
      expect(api.peek(TOKEN)?.data).toEqual({ password: b64('s3cret') });
      expect(api.peek(BACKUP)).toBeUndefined();
    });

    it('keeps the last copy when the Secret itself is gone', async () => {
      const api = await injected();
      api.forget(TOKEN);
      expect(await restoreOf(api, 'ConfigDrift', BACKUP)).toMatchObject({
        is: 'diverged',
        says: expect.stringMatching(/last copy of its password/),
      });
    });

    it('restores through the Secret that carries the record', async () => {
      const api = await injected();
      const restore = await restoreOf(api, 'ConfigDrift', BACKUP);
      expect(restore.is).toBe('restore');
      if (restore.is !== 'corrupt') await sendAll(api, restore.writes, 'revert');
      expect(api.all().map(comparable)).toEqual([comparable(secret())]);
    });
  });
});
