import { expect, test } from 'vitest';
import { restoreOne } from '../../../src/revert/restore/restore.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { kindsOf } from '../../torture/world.ts';
import { recorded, yard } from '../support/stuck.ts';

const TRUSTED = { trust: { everything: 'caller' } } as const;

/** The receipt of a Secret that is put back into a namespace that was created at `created`, seconds after the injection. */
async function putBackInto(seconds: number): Promise<string> {
  const { deps } = yard([]);
  const secrets = recorded('secret-deletion', 'injected').filter(({ kind }) => kind !== 'Namespace');
  const [{ metadata } = { metadata: { namespace: '', creationTimestamp: '' } }] = secrets;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: metadata.namespace ?? '' } };
  const api = fakeApi([...secrets, namespace], { now: deps.clock.now, kinds: kindsOf([...secrets, namespace]) });
  const made = { ...deps, api };
  const [finding] = (await scan(made, { deep: true })).injections;
  if (finding === undefined) throw new Error('the recorded case was not found');
  const at = finding.injectedAt ?? Date.parse(finding.live.metadata.creationTimestamp ?? '');
  api.change({ apiVersion: 'v1', kind: 'Namespace', name: namespace.metadata.name }, object => {
    object.metadata.creationTimestamp = new Date(at + seconds * 1000).toISOString();
  });
  const { receipt } = await restoreOne(made, finding, TRUSTED);
  expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
  return receipt.message;
}

test('a Secret that is put back into a namespace made anew: the receipt says that the rest of the former one is not there', async () => {
  expect(await putBackInto(60)).toContain(
    'is another one than at the injection: it was created since, and nothing else',
  );
  expect(await putBackInto(-60)).not.toContain('is another one');
});
