import { expect, test } from 'vitest';
import type { Api } from '../../src/kube/client/api.ts';
import { restoreOne } from '../../src/revert/restore/restore.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { createDecisions } from '../../src/revert/scan/decisions.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { fakeApi } from '../support/fake-api.ts';
import { kindsOf } from '../torture/world.ts';
import { recorded, yard } from './support/stuck.ts';

const TRUSTED = { trust: { everything: 'caller' } } as const;

async function found(name: string) {
  const objects = recorded(name, 'injected');
  const { deps } = yard([]);
  const api = fakeApi(objects, { now: deps.clock.now, kinds: kindsOf(objects) });
  const made = { ...deps, api };
  const { injections } = await scan(made, { deep: true });
  const [finding] = injections;
  if (finding === undefined) throw new Error('the recorded case was not found');
  return { api, deps: made, injections, finding };
}

/** The same connection, telling which reads were under way at once. */
function watched(api: Api): { api: Api; together: string[] } {
  const open: string[] = [];
  const together: string[] = [];
  return {
    together,
    api: {
      ...api,
      async get(ref, options) {
        open.push(ref.name);
        if (open.length > 1) together.push(open.toSorted().join(' and '));
        await new Promise(resolve => setImmediate(resolve));
        open.splice(open.indexOf(ref.name), 1);
        return api.get(ref, options);
      },
    },
  };
}

test('a backup and the object that it kept are read in one round: before the first write, after it, and at the end', async () => {
  const { deps, finding } = await found('secret-deletion');
  const { api, together } = watched(deps.api);
  const { receipt } = await restoreOne({ ...deps, api }, finding, { ...TRUSTED, scanned: true });
  expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
  expect(together).toEqual(Array(3).fill(`${finding.object.name} and checkout-token`));
});

test('what an injection created is read back once after it was deleted', async () => {
  const { deps, finding, api } = await found('quota-exhaustion');
  const since = api.log.length;
  const { receipt } = await restoreOne(deps, finding, { ...TRUSTED, scanned: true });
  expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
  expect(api.log.slice(since).map(({ verb }) => verb)).toEqual(['get', 'delete', 'get']);
});

test('a backup that was dropped is not asked for at the very end, and what it kept still compared', async () => {
  for (const isSpoilt of [false, true]) {
    const { deps, injections, api } = await found('config-drift-secret');
    let since = 0;
    const result = await revertAll(deps, injections, {
      ...TRUSTED,
      emit({ event }) {
        if (event !== 'rescan') return;
        since = api.log.length;
        if (!isSpoilt) return;
        const tls = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'checkout-tls' };
        api.change(tls, secret => {
          for (const key in secret.data as object) (secret.data as Record<string, string>)[key] = 'b3RoZXI=';
        });
      },
    });
    const receipts = [{ outcome: isSpoilt ? 'failed' : 'reverted', verified: !isSpoilt }];
    expect(result).toMatchObject({ remaining: isSpoilt ? 1 : 0, receipts });
    if (isSpoilt) continue;
    const asked = api.log.slice(since).flatMap(({ verb, name }) => (verb === 'get' ? [name] : []));
    expect(asked).toEqual(['checkout-tls']);
  }
});

test('what an injection created is not asked for at the very end: an object of that name would be another one', async () => {
  const { deps, injections, api } = await found('quota-exhaustion');
  let since = 0;
  const result = await revertAll(deps, injections, {
    ...TRUSTED,
    emit({ event }) {
      if (event === 'rescan') since = api.log.length;
    },
  });
  expect(result).toMatchObject({ remaining: 0, receipts: [{ outcome: 'reverted', verified: true }] });
  expect(api.log.slice(since).filter(({ verb }) => verb === 'get')).toEqual([]);
});

test('what the scan has just decided is not read again for the plan, and is once it is older', async () => {
  for (const isOld of [false, true]) {
    const { api, deps } = await found('secret-deletion');
    const decisions = createDecisions(deps.clock);
    const { injections } = await scan({ ...deps, decisions }, { deep: true });
    if (isOld) await deps.clock.sleep(2_001);
    const since = api.log.length;
    const { steps } = await revertAll({ ...deps, decisions }, injections, { ...TRUSTED, dryRun: true });
    expect(steps).toMatchObject([{ action: 'restore' }]);
    const names = api.log.slice(since).flatMap(({ verb, name }) => (verb === 'get' ? [name] : []));
    expect(names).toEqual(isOld ? ['checkout-token'] : []);
  }
});

test('what only the undo record decides is restored from the scan, and a change since is still met by the precondition', async () => {
  const { api, deps } = await found('scale-zero');
  const decisions = createDecisions(deps.clock);
  const [finding] = (await scan({ ...deps, decisions }, { deep: true })).injections;
  if (finding === undefined) throw new Error('the recorded case was not found');
  await deps.clock.sleep(60_000);
  const { uid: _uid, ...ref } = finding.object;
  api.change(ref, deployment => {
    (deployment.spec as Record<string, unknown>).replicas = 7;
  });
  const { receipt } = await restoreOne({ ...deps, decisions }, finding, { ...TRUSTED, scanned: true });
  expect(receipt).toMatchObject({ outcome: 'diverged', verified: false });
});
