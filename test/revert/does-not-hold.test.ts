import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/faults/contract.ts';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import type { ManagedField, ObjectRef } from '../../src/k8s/object.ts';
import { revertExitCode } from '../../src/revert/report.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { revertRun } from '../../src/revert/run-writes.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { wrote } from '../support/objects.ts';
import { kindsOf } from '../torture/world.ts';
import { recorded, yard } from './support/stuck.ts';

const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'checkout-config' };
const token: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'checkout-token' };
const tls: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'checkout-tls' };

/** A person confirmed everything. */
const TRUSTED = { trust: { everything: 'caller' } } as const;

async function stuck(name: string) {
  const objects = recorded(name, 'injected');
  const { deps } = yard([]);
  const api = fakeApi(objects, { now: deps.clock.now, kinds: kindsOf(objects) });
  const made = { api, deps: { ...deps, api } };
  const { injections } = await scan(made.deps, { deep: true });
  return { ...made, injections };
}
type Stuck = Awaited<ReturnType<typeof stuck>>;

const mode = ({ api }: Stuck) => (api.peek(config)?.data as { mode?: string } | undefined)?.mode;
const isMarked = ({ api }: Stuck) => api.peek(config)?.metadata.annotations?.[ROLLBACK_DATA] !== undefined;
const setMode = ({ api }: Stuck, value: string) =>
  api.change(config, object => {
    object.data = { ...(object.data as object), mode: value };
    object.metadata.managedFields = [
      {
        manager: 'shop-operator',
        operation: 'Update',
        time: '2026-11-21T12:00:05Z',
        fieldsV1: { 'f:data': { 'f:mode': {} } },
      },
    ];
  });

/** Whoever wrote it, a second revert is not told that all is well, and one with force gives the original back. */
async function isNotForgotten(it: Stuck, state: 'injected' | 'diverged'): Promise<void> {
  const again = await scan(it.deps, { deep: true });
  expect(again.injections).toMatchObject([{ state }]);
  const forced = await revertAll(it.deps, again.injections, { ...TRUSTED, force: true });
  expect(forced).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
  expect(mode(it)).toBe('live');
  expect(isMarked(it)).toBe(false);
}

describe('a restoring write that is accepted and does not hold', () => {
  test('because a mutating webhook makes another value of it: failed, final, both values shown, the record kept', async () => {
    const it = await stuck('config-drift');
    let isOn = true;
    it.api.admit(({ verb }, object) => {
      if (isOn && verb === 'patch') object.data = { ...(object.data as object), mode: 'by policy' };
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    const [receipt] = result.receipts;
    expect(receipt).toMatchObject({
      outcome: 'failed',
      verified: false,
      notHeld: { original: 'live', live: 'by policy', by: expect.stringContaining('the server itself') },
    });
    expect(receipt?.message).toContain('original live, now by policy');
    expect(receipt?.message).toContain('the undo record is kept in ConfigMap shop/checkout-config');
    expect([result.remaining, revertExitCode(result)]).toEqual([1, 7]);
    // Final: the webhook was asked once, and not again and again until the time for retries was over.
    expect(it.api.log.filter(({ verb }) => verb === 'patch')).toHaveLength(1);
    isOn = false;
    // By the server's own bookkeeping nobody but the injector and us ever wrote there.
    await isNotForgotten(it, 'injected');
  });

  test('because the schema prunes the member: failed, and nothing of the record is lost', async () => {
    const it = await stuck('crd-mutation');
    const [carrier] = it.injections;
    if (!carrier) throw new Error('the recorded case was not found');
    it.api.admit((_request, object) => {
      const { size: _size, ...spec } = object.spec as Record<string, unknown>;
      if (object.kind === 'Widget') object.spec = spec;
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(result.receipts[0]?.notHeld).toMatchObject({ live: expect.stringMatching(/absent|not there|none/) });
    expect(it.api.peek(carrier.object)?.metadata.annotations?.[ROLLBACK_DATA]).toBe(
      carrier.live.metadata.annotations?.[ROLLBACK_DATA],
    );
  });

  test('because an operator writes over it before the marks are off: it is named, with the time', async () => {
    const it = await stuck('config-drift');
    let writes = 0;
    it.api.react(({ verb }) => {
      writes += verb === 'patch' ? 1 : 0;
      if (verb === 'patch' && writes === 1) setMode(it, 'by operator');
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result.receipts).toMatchObject([
      {
        outcome: 'failed',
        verified: false,
        notHeld: { original: 'live', live: 'by operator', by: 'shop-operator (Update) at 2026-11-21T12:00:05Z' },
      },
    ]);
    expect([result.remaining, revertExitCode(result)]).toEqual([1, 7]);
    await isNotForgotten(it, 'diverged');
  });

  test('because an operator writes over it the moment the marks are off: the record is put on again', async () => {
    const it = await stuck('config-drift');
    it.api.react(({ verb }, object) => {
      if (verb === 'patch' && object.metadata.annotations?.[ROLLBACK_DATA] === undefined && mode(it) === 'live')
        setMode(it, 'by operator');
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(result.receipts[0]?.message).toContain('written by shop-operator (Update)');
    expect([isMarked(it), mode(it)]).toEqual([true, 'by operator']);
  });

  test('and whose record cannot be put on again either: the receipt says why, and tells the original', async () => {
    const it = await stuck('config-drift');
    it.api.react(({ verb }, object) => {
      if (verb !== 'patch' || object.metadata.annotations?.[ROLLBACK_DATA] !== undefined || mode(it) !== 'live') return;
      setMode(it, 'by operator');
      const answer = failing('forbidden', 'denied by policy freeze');
      it.api.script({ on: one => one.verb === 'patch', answer, times: 10_000 });
    });
    const [receipt] = (await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 })).receipts;
    expect(receipt).toMatchObject({ outcome: 'failed', verified: false, notHeld: { original: 'live' } });
    expect(receipt?.message).toMatch(
      /the undo record could not be written again \(.*denied by policy freeze\): this line is the last copy of the original/,
    );
  });

  test('because of a look back that fails in between: the next try takes no missing mark for a success', async () => {
    const it = await stuck('config-drift');
    it.api.react(({ verb }, object) => {
      if (verb !== 'patch' || object.metadata.annotations?.[ROLLBACK_DATA] !== undefined || mode(it) !== 'live') return;
      setMode(it, 'by operator');
      it.api.script({ on: one => one.verb === 'get', answer: failing('unreachable', 'connection reset'), times: 1 });
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect([isMarked(it), mode(it)]).toEqual([true, 'by operator']);
  });

  test('in the revert of a run: never "already restored" beside a third value', async () => {
    const it = await stuck('config-drift');
    const answers = [structuredClone(it.injections[0]?.live)].filter(object => object !== undefined);
    setMode(it, 'by operator');
    it.api.change(config, object => {
      delete object.metadata.annotations;
      delete object.metadata.labels;
    });
    const reverted = await revertRun(it.deps, { type: 'ConfigDrift', written: [config], answers });
    expect(reverted).toMatchObject({ remaining: 1, receipts: [{ outcome: 'diverged', verified: false }] });
    expect(reverted.receipts[0]?.message).toContain('original live, now by operator');
  });
});

describe('what was read back and is written over afterwards', () => {
  /** Reverts, and lets somebody write between the read-back and the second look. */
  const revertAnd = (it: Stuck, write: () => void, more: { force?: boolean } = {}) =>
    revertAll(it.deps, it.injections, {
      ...TRUSTED,
      ...more,
      emit: ({ event }) => void (event === 'rescan' && write()),
    });

  test('with a third value: failed, who and when, the record on it again, exit 7', async () => {
    const it = await stuck('config-drift');
    const result = await revertAnd(it, () => setMode(it, 'by operator'));
    const [receipt] = result.receipts;
    expect(receipt).toMatchObject({
      outcome: 'failed',
      verified: false,
      notHeld: { original: 'live', live: 'by operator', by: 'shop-operator (Update) at 2026-11-21T12:00:05Z' },
    });
    expect(receipt?.message).toMatch(/read back, and shop-operator \(Update\) .* has overwritten it since/);
    expect([result.remaining, revertExitCode(result)]).toEqual([1, 7]);
    expect(result.left.map(({ id }) => id)).toEqual([receipt?.id]);
    await isNotForgotten(it, 'diverged');
  });

  test('with the injected value: failed as well, also for a forced revert', async () => {
    for (const force of [false, true]) {
      const it = await stuck('config-drift');
      const injected = mode(it);
      const result = await revertAnd(it, () => setMode(it, `${injected}`), { force });
      expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
      expect(result.receipts[0]?.notHeld).toMatchObject({ original: 'live', live: injected });
      // The framework's record does not say what was injected, and another manager wrote since.
      await isNotForgotten(it, 'diverged');
    }
  });

  test('in every kind that is restored in place: none stays verified', async () => {
    const it = await stuck('crd-mutation');
    const [carrier] = it.injections;
    if (!carrier) throw new Error('the recorded case was not found');
    const result = await revertAnd(it, () =>
      it.api.change(carrier.object, object => {
        object.spec = { ...(object.spec as object), size: 77 };
      }),
    );
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(result.receipts[0]?.notHeld).toMatchObject({ live: '77' });
    expect(it.api.peek(carrier.object)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
  });

  test('by its former owner with a value of its own: no loss, and the receipt says who wrote what', async () => {
    const owners = [
      { manager: 'shop-operator', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:mode': {} } } },
    ];
    for (const [owner, outcome] of [
      ['shop-operator', 'reverted'],
      ['somebody-else', 'failed'],
    ] as const) {
      const it = await stuck('config-drift');
      const fault = it.deps.faultOf('ConfigDrift');
      if (!fault) throw new Error('no such fault');
      const told = owners.map(entry => ({ ...entry, manager: owner })) as ManagedField[];
      const owned: Fault<unknown> = {
        ...fault,
        restore: (finding, live) => {
          const restore = fault.restore(finding, live);
          if (restore.is === 'corrupt') return restore;
          return { ...restore, writes: restore.writes.map(write => ({ ...write, owners: told })) };
        },
      };
      it.deps.faultOf = () => owned;
      const result = await revertAnd(it, () => setMode(it, 'by operator'));
      const verified = outcome === 'reverted';
      expect(result).toMatchObject({ remaining: verified ? 0 : 1, receipts: [{ outcome, verified }] });
      if (verified)
        expect(result.receipts[0]?.message).toMatch(
          /restored, and shop-operator \(Update\) at .* has since written by operator$/,
        );
    }
  });
});

describe('what was deleted, is made again, and is not that any more at the end', () => {
  const spoilt = [
    ['deleted again', (it: Stuck) => it.api.forget(token), 'somebody who deleted it'],
    [
      'replaced by another one',
      (it: Stuck) =>
        it.api.change(token, object => {
          object.data = { token: 'b3RoZXI=' };
          object.metadata.managedFields = [wrote('rotator', { 'f:data': { 'f:token': {} } })];
        }),
      expect.stringContaining('rotator (Update)'),
    ],
  ] as const;
  test.each(spoilt)('%s: failed, and its backup is there again for the next revert', async (_what, spoil, by) => {
    const it = await stuck('secret-deletion');
    const before = it.api.all().map(({ metadata }) => metadata.name);
    const result = await revertAll(it.deps, it.injections, {
      ...TRUSTED,
      emit: ({ event }) => void (event === 'rescan' && spoil(it)),
    });
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false, notHeld: { by } }] });
    expect(result.receipts[0]?.message).toContain('the backup was created again');
    expect(it.api.all().map(({ metadata }) => metadata.name)).toEqual(expect.arrayContaining(before));
    const again = await scan(it.deps, { deep: true });
    const second = await revertAll(it.deps, again.injections, { ...TRUSTED, force: true });
    expect(second).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
  });
});

/** Takes away what keeps the original of a drifted Secret. */
function forgetBackups({ api }: Stuck): void {
  for (const object of api.all().filter(({ metadata }) => metadata.name.startsWith('chaos-rollback-')))
    api.forget({ ...object, ...object.metadata });
}

test('a backup that a finalizer of somebody else keeps: it remains, and the receipt says what holds it', async () => {
  const it = await stuck('secret-deletion');
  for (const { object } of it.injections)
    it.api.change(object, ({ metadata }) => {
      metadata.finalizers = ['x.example.com/hold'];
    });
  const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 });
  expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
  expect(result.receipts[0]?.message).toContain('is being deleted, held by x.example.com/hold');
  expect(it.api.peek(token)?.data).toEqual({ token: 'YWJj' });
});

describe('a backup that vanishes between the scan and the restore', () => {
  test.each(['secret-deletion', 'leader-election', 'resource-deletion', 'namespace-deletion'])(
    '%s: what it kept is given back from what the scan read',
    async name => {
      const before = recorded(name, 'before');
      const it = await stuck(name);
      for (const { object } of it.injections) it.api.forget(object);
      const result = await revertAll(it.deps, it.injections, TRUSTED);
      expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
      const [victim] = before.filter(object => it.api.peek({ ...object, ...object.metadata }) === undefined);
      expect(victim).toBeUndefined();
    },
  );

  test('SecretDeletion whose Secret may not be created: failed, exit 7, told where it was kept and not what', async () => {
    const it = await stuck('secret-deletion');
    for (const { object } of it.injections) it.api.forget(object);
    it.api.script({
      on: ({ verb, kind, name }) => verb === 'create' && kind === 'Secret' && name === token.name,
      answer: failing('forbidden', 'exceeded quota'),
      times: 10_000,
    });
    const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 1_000 });
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(revertExitCode(result)).toBe(7);
    const text = JSON.stringify(result.receipts);
    expect(text).toContain('exceeded quota');
    expect(text).not.toContain('YWJj');
    // What the scan read of the backup is in the cluster again: the next revert has an original.
    expect((await scan(it.deps, { deep: true })).injections).toMatchObject([{ type: 'SecretDeletion' }]);
  });

  test('ConfigDrift on a Secret: the value is put back from what the scan read', async () => {
    const it = await stuck('config-drift-secret');
    const [before] = recorded('config-drift-secret', 'before').filter(({ metadata }) => metadata.name === tls.name);
    forgetBackups(it);
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
    expect(it.api.peek(tls)?.data).toEqual(before?.data);
  });

  test('ConfigDrift on a Secret that takes no writes now: failed, and the backup is there again for the next revert', async () => {
    const it = await stuck('config-drift-secret');
    forgetBackups(it);
    it.api.script({
      on: ({ verb, name }) => verb === 'patch' && name === tls.name,
      answer: failing('forbidden', 'denied by a policy'),
      times: 10_000,
    });
    const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 });
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(result.receipts[0]?.message).toMatch(/backup Secret .* was gone and was created again/);
    expect(it.api.all().some(({ metadata }) => metadata.name.startsWith('chaos-rollback-'))).toBe(true);
  });

  test('and cannot be made again either: failed, told which backup held the original, and no value of it', async () => {
    const it = await stuck('config-drift-secret');
    forgetBackups(it);
    it.api.script({
      on: ({ verb }) => verb === 'patch' || verb === 'create',
      answer: failing('forbidden', 'denied by a policy'),
      times: 10_000,
    });
    const result = await revertAll(it.deps, it.injections, { ...TRUSTED, retryForMs: 0 });
    expect(result.receipts).toMatchObject([{ outcome: 'failed', notHeld: { original: expect.anything() } }]);
    expect(result.receipts[0]?.message).toMatch(
      /backup Secret .* \(.*denied by a policy\) is gone and could not be created again; original ./,
    );
    const [before] = recorded('config-drift-secret', 'before').filter(({ metadata }) => metadata.name === tls.name);
    for (const value of Object.values(before?.data as Record<string, string>)) {
      expect(JSON.stringify(result.receipts)).not.toContain(value);
      expect(JSON.stringify(result.receipts)).not.toContain(Buffer.from(value, 'base64').toString());
    }
  });

  test('of a Secret that somebody has made anew with another value: diverged, and the backup is there again', async () => {
    const it = await stuck('secret-deletion');
    for (const { object } of it.injections) it.api.forget(object);
    await it.api.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: token.name, namespace: 'shop' },
      data: { token: 'bmV3' },
    });
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'diverged', verified: false }] });
    const again = await scan(it.deps, { deep: true });
    const forced = await revertAll(it.deps, again.injections, { ...TRUSTED, force: true });
    expect(forced).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
    expect(it.api.peek(token)?.data).toEqual({ token: 'YWJj' });
  });

  test('in the hands of a guardian that never saw it: what was deleted and is not there is no success', async () => {
    const it = await stuck('secret-deletion');
    const written = [...it.injections.map(({ object }) => object), { ...token, uid: 'deleted' }];
    for (const { object } of it.injections) it.api.forget(object);
    const reverted = await revertRun(it.deps, { type: 'SecretDeletion', written, retryForMs: 0 });
    expect(reverted).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
  });
});
