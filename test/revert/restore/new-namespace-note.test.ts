import { expect, test } from 'vitest';
import { format } from '../../../src/faults/secret-deletion/plan.ts';
import { originalIn } from '../../../src/injection/record/backup-format.ts';
import { restoreOne } from '../../../src/revert/restore/restore.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { kindsOf } from '../../torture/world.ts';
import { recorded, yard } from '../support/stuck.ts';

const TRUSTED = { trust: { everything: 'caller' } } as const;

interface Case {
  /** When the namespace was created, seconds after the injection, or after the original was created. */
  after: 'injection' | 'original';
  seconds: number;
  /** Somebody else has created the Secret again. */
  isBack?: boolean;
}

/** The receipt of a Secret that is put back into its namespace; the framework's backup does not say when it was written. */
async function putBackInto({ after, seconds, isBack = false }: Case): Promise<string> {
  const { deps } = yard([]);
  const secrets = recorded('secret-deletion', 'injected').filter(({ kind }) => kind !== 'Namespace');
  const [{ metadata } = { metadata: { namespace: '', creationTimestamp: '' } }] = secrets;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: metadata.namespace ?? '' } };
  const api = fakeApi([...secrets, namespace], { now: deps.clock.now, kinds: kindsOf([...secrets, namespace]) });
  const made = { ...deps, api };
  const [finding] = (await scan(made, { deep: true })).injections;
  if (finding === undefined) throw new Error('the recorded case was not found');
  const original = originalIn(format, finding.live);
  if (typeof original === 'string') throw new Error(original);
  if (isBack) api.put({ ...original, metadata: { ...original.metadata, uid: 'made-anew' } });
  const injected = finding.injectedAt ?? Date.parse(finding.live.metadata.creationTimestamp ?? '');
  const from = after === 'injection' ? injected : Date.parse(original.metadata.creationTimestamp ?? '');
  api.change({ apiVersion: 'v1', kind: 'Namespace', name: namespace.metadata.name }, object => {
    object.metadata.creationTimestamp = new Date(from + seconds * 1000).toISOString();
  });
  // As a restore from a cluster backup leaves it: written again after everything else.
  const live =
    after === 'injection'
      ? finding.live
      : { ...finding.live, metadata: { ...finding.live.metadata, creationTimestamp: '2090-01-01T00:00:00Z' } };
  const { injectedAt: _at, ...unknown } = finding;
  const { receipt } = await restoreOne(made, after === 'injection' ? finding : { ...unknown, live }, TRUSTED);
  expect(receipt).toMatchObject({ outcome: isBack ? 'already-restored' : 'reverted', verified: true });
  return receipt.message;
}

const ANEW = 'was deleted and created again: nothing else of the former namespace';

test('a Secret that is put back into a namespace made anew: the receipt says that the rest of the former one is not there', async () => {
  expect(await putBackInto({ after: 'injection', seconds: 60 })).toContain(ANEW);
  expect(await putBackInto({ after: 'original', seconds: -60 })).not.toContain('was deleted and created again');
});

test('one that somebody else put back there: said too', async () => {
  expect(await putBackInto({ after: 'injection', seconds: 60, isBack: true })).toContain(ANEW);
  expect(await putBackInto({ after: 'original', seconds: -60, isBack: true })).not.toContain(
    'was deleted and created again',
  );
});

test('with a backup that does not say when the injection was: a namespace younger than the original itself is another one', async () => {
  const message = await putBackInto({ after: 'original', seconds: 1 });
  expect(message).toContain(ANEW);
  expect(message.match(/was deleted and created again/g)).toHaveLength(1);
});
