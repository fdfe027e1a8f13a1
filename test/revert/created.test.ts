import { describe, expect, it } from 'vitest';
import { MANAGED_BY, MAYDAY, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { revertRun } from '../../src/revert/run-writes.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import type { FakeApi } from '../support/fake-api.ts';
import { inShop } from '../support/objects.ts';
import { inject, type Wanted } from '../support/plans.ts';
import { yard } from './support/stuck.ts';

const pod = inShop('v1', 'Pod', 'a', { metadata: { labels: { app: 'web' } } });
const token = inShop('v1', 'Secret', 'token', { data: { a: 'Yg==' }, type: 'Opaque' });
const CASES: readonly Wanted[] = [
  { type: 'NetworkPartition', parameters: { labelSelector: 'app=web' } },
  { type: 'QuotaExhaustion', parameters: { quotaName: 'tight', pods: '0' } },
  { type: 'PDBBlock', parameters: { labelSelector: 'app=web' } },
  { type: 'WebhookLatency', parameters: { resources: 'widgets', apiGroups: 'demo.example.com' } },
];

/** As an operator does that keeps only its own labels. */
function withoutLabels(api: FakeApi): void {
  for (const { apiVersion, kind, metadata } of api.all()) {
    if (metadata.annotations?.[MAYDAY] === undefined) continue;
    const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
    api.change({ apiVersion, kind, name: metadata.name, ...place }, object => {
      for (const label of [TYPE_LABEL, MANAGED_BY]) delete object.metadata.labels?.[label];
    });
  }
}

describe.each(CASES)('$type', wanted => {
  it('is found and taken away by a deep scan where its labels are gone', async () => {
    const { api, deps } = yard([pod]);
    await inject(api, wanted);
    withoutLabels(api);
    const { injections } = await scan(deps, { deep: true });
    expect(new Set(injections.map(({ type, state }) => `${type} ${state}`))).toEqual(
      new Set([`${wanted.type} injected`]),
    );
    expect(await revertAll(deps, injections, { trust: { everything: 'caller' } })).toMatchObject({
      remaining: 0,
      blind: [],
    });
    expect(api.all().map(({ kind }) => kind)).toEqual(['Pod']);
  });
});

describe('a deletion that this process made', () => {
  const wanted: Wanted = { type: 'SecretDeletion', parameters: { name: 'token' } };

  it('is reverted by its backup: that the deleted object is gone proves nothing', async () => {
    const { api, deps } = yard([token]);
    const plan = await inject(api, wanted);
    const reverted = await revertRun(deps, { type: 'SecretDeletion', written: plan.writes.map(({ on }) => on) });
    expect(reverted).toMatchObject({ remaining: 0, blind: [] });
    expect(reverted.receipts.map(({ object, outcome }) => `${object.name} ${outcome}`)).toEqual([
      'chaos-backup-secret-token reverted',
    ]);
    expect(api.all().map(({ metadata }) => metadata.name)).toEqual(['token']);
  });

  it('remains, and says so, while its object is Terminating', async () => {
    const { api, deps } = yard([{ ...token, metadata: { ...token.metadata, finalizers: ['a/b'] } }]);
    const plan = await inject(api, wanted);
    const own = { type: 'SecretDeletion', written: plan.writes.map(({ on }) => on), retryForMs: 1 } as const;
    const reverted = await revertRun(deps, own);
    expect(reverted).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
  });
});
