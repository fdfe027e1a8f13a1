import { describe, expect, test } from 'vitest';
import { ROLLBACK_DATA } from '../../../src/injection/record/markers.ts';
import { failureOfAnswer } from '../../../src/kube/client/http/failure.ts';
import type { Failure, FailureReason } from '../../../src/kube/client/http/outcome.ts';
import { revertExitCode } from '../../../src/revert/report.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { revertRun } from '../../../src/revert/run-writes.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { failing, fakeApi } from '../../support/fake-api.ts';
import { kindsOf } from '../../torture/world.ts';
import { recorded, yard } from '../support/stuck.ts';

const TRUSTED = { trust: { everything: 'caller' } } as const;
const IMMUTABLE = 'ConfigMap "checkout-config" is invalid: data: Forbidden: field is immutable when `immutable` is set';
const QUOTA =
  'secrets "checkout-token" is forbidden: exceeded quota: tight, requested: secrets=1, used: secrets=1, limited: secrets=1';
const GOING =
  'secrets "checkout-token" is forbidden: unable to create new content in namespace shop because it is being terminated';

/** A recorded case in a cluster that answers each restoring write with a refusal. */
async function refusing(
  name: string,
  verb: 'patch' | 'create',
  reason: FailureReason,
  message: string,
  forMs = Number.POSITIVE_INFINITY,
  more: Partial<Failure> = {},
) {
  const objects = recorded(name, 'injected');
  const { deps } = yard([]);
  const api = fakeApi(objects, { now: deps.clock.now, kinds: kindsOf(objects) });
  const with_ = { ...deps, api };
  const { injections } = await scan(with_, { deep: true });
  const began = deps.clock.monotonic();
  const spent = () => deps.clock.monotonic() - began;
  const on = (request: { verb: string }) => request.verb === verb && spent() < forMs;
  api.script({ on, answer: failing(reason, message, more), times: 10_000 });
  return { api, deps: with_, injections, verb, spent };
}
const sends = ({ api, verb }: Awaited<ReturnType<typeof refusing>>) => api.log.filter(one => one.verb === verb).length;

describe('a restoring write that the server refuses', () => {
  test('because the ConfigMap is immutable now: failed at once, with both values and the remedy; the record stays', async () => {
    const it = await refusing('config-drift', 'patch', 'invalid', IMMUTABLE);
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result.receipts).toMatchObject([{ outcome: 'failed', verified: false, notHeld: { original: 'live' } }]);
    expect(result.receipts[0]?.message).toMatch(
      /original live, now \S+; waiting does not help: .* kubectl replace --force/,
    );
    expect([result.remaining, revertExitCode(result), sends(it)]).toEqual([1, 7, 1]);
    const [injection] = it.injections;
    expect(injection && it.api.peek(injection.object)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
  });

  test.each([
    ['because a quota is full', QUOTA, 'raise that quota'],
    ['because its namespace is Terminating', GOING, 'create the namespace again'],
  ])('%s: a short wait, then failed with the remedy', async (_why, message, remedy) => {
    const it = await refusing('secret-deletion', 'create', 'forbidden', message);
    const result = await revertAll(it.deps, it.injections, TRUSTED);
    expect(result.receipts).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(result.receipts[0]?.message).toContain(remedy);
    expect(result.remaining).toBe(1);
    expect(sends(it)).toBeGreaterThan(1);
    expect(it.spent()).toBeLessThan(10_000);
  });

  test.each<[string, 'patch' | 'create', FailureReason, string, RegExp]>([
    [
      'config-drift',
      'patch',
      'invalid',
      'data.mode: Unsupported value: "live"',
      /; the undo record says: original live$/,
    ],
    ['config-drift', 'patch', 'forbidden', 'ValidatingAdmissionPolicy freeze denied request', /original live$/],
    [
      'secret-deletion',
      'create',
      'invalid',
      'type: Unsupported',
      /original \(secret, .*\), kept in Secret shop\/chaos-backup-/,
    ],
  ])(
    'of a %s, %s: %s: the original is told, of a Secret where it is kept',
    async (name, verb, reason, message, told) => {
      const it = await refusing(name, verb, reason, message);
      const [receipt] = (await revertAll(it.deps, it.injections, TRUSTED)).receipts;
      expect(receipt).toMatchObject({ outcome: 'failed', verified: false, notHeld: { original: expect.anything() } });
      expect(receipt?.message).toContain(message);
      expect(receipt?.message).toMatch(told);
    },
  );

  test('by something that is over a moment later: restored within that short wait', async () => {
    const it = await refusing('secret-deletion', 'create', 'forbidden', QUOTA, 2_000);
    expect(await revertAll(it.deps, it.injections, TRUSTED)).toMatchObject({
      remaining: 0,
      receipts: [{ outcome: 'reverted', verified: true }],
    });
  });

  const DENIED =
    'configmaps "checkout-config" is forbidden: User "viewer" cannot patch resource "configmaps" in API group "" in the namespace "shop"';
  const GRANTING =
    'rolebindings "x" is forbidden: user "ivan" (groups=["a"]) is attempting to grant RBAC permissions not currently held:\n{}';

  test.each([
    ['whoever reverts may not', DENIED, 'ask for the permission to patch configmaps in namespace shop for viewer'],
    ['they may not give these rights', GRANTING, 'let somebody revert who has every permission that'],
  ])(
    'because %s: soon given up, since no right comes by waiting, with what to ask for',
    async (_why, message, remedy) => {
      const { reason, denied } = failureOfAnswer(403, { kind: 'Status', reason: 'Forbidden', message }, undefined, 0);
      const it = await refusing(
        'config-drift',
        'patch',
        reason,
        message,
        Number.POSITIVE_INFINITY,
        denied && { denied },
      );
      const [receipt] = (await revertAll(it.deps, it.injections, TRUSTED)).receipts;
      expect(receipt).toMatchObject({ outcome: 'failed', verified: false, notHeld: { original: 'live' } });
      expect(receipt?.message).toContain(remedy);
      expect(it.spent()).toBeLessThan(4_000);
    },
  );

  test('because they may not, until the same revert has given that right back a moment later: restored', async () => {
    const { denied } = failureOfAnswer(403, { message: DENIED }, undefined, 0);
    const it = await refusing('config-drift', 'patch', 'forbidden', DENIED, 1_000, denied && { denied });
    expect(await revertAll(it.deps, it.injections, TRUSTED)).toMatchObject({ remaining: 0 });
  });

  test('because of an admission webhook that words it like the server: tried again, since it may be over soon', async () => {
    const message = `admission webhook "gate.example.com" denied the request: ${DENIED}`;
    const { reason, denied } = failureOfAnswer(403, { kind: 'Status', reason: 'Forbidden', message }, undefined, 0);
    expect(denied).toBeUndefined();
    const it = await refusing('config-drift', 'patch', reason, message);
    await revertAll(it.deps, it.injections, TRUSTED);
    expect(it.spent()).toBeGreaterThan(20_000);
  });

  test('for other reasons: tried again until the time for retries is over', async () => {
    const it = await refusing('config-drift', 'patch', 'forbidden', 'admission denies it');
    await revertAll(it.deps, it.injections, TRUSTED);
    expect(it.spent()).toBeGreaterThan(20_000);
  });

  test('in the revert of a run: as soon given up', async () => {
    const it = await refusing('config-drift', 'patch', 'invalid', IMMUTABLE);
    const written = it.injections.map(({ object }) => object);
    const left = await revertRun(it.deps, { type: 'ConfigDrift', written });
    expect(left).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
    expect(sends(it)).toBe(1);
  });
});

test('what a decision needs may not be read: soon given up as well, with what to ask for', async () => {
  const objects = recorded('secret-deletion', 'injected');
  const { deps } = yard([]);
  const api = fakeApi(objects, { now: deps.clock.now, kinds: kindsOf(objects) });
  const message =
    'secrets "checkout-token" is forbidden: User "viewer" cannot get resource "secrets" in API group "" in the namespace "shop"';
  const { denied } = failureOfAnswer(403, { message }, undefined, 0);
  api.script({
    on: ({ verb, name }) => verb === 'get' && name === 'checkout-token',
    answer: failing('forbidden', message, denied && { denied }),
    times: 10_000,
  });
  const with_ = { ...deps, api };
  const { injections } = await scan(with_, { deep: true });
  const began = deps.clock.monotonic();
  const result = await revertAll(with_, injections, TRUSTED);
  expect(result).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
  expect(result.receipts[0]?.message).toContain('ask for the permission to get secrets in namespace shop for viewer');
  expect(deps.clock.monotonic() - began).toBeLessThan(4_000);
});
