import { describe, expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import type { FoundInjection } from '../../../src/injection/found-injection.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { injectedHere, isInjectedHere } from '../../../src/records/injected-here.ts';
import { restoreOne } from '../../../src/revert/restore/restore.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { recordDigest } from '../../../src/revert/trust/digest.ts';
import { isOfExperiment } from '../../../src/revert/trust/experiments.ts';
import { trustOf } from '../../../src/revert/trust/judge.ts';
import { toBeAsked } from '../../../src/revert/trust/review.ts';
import { signedPlan } from '../../../src/revert/trust/sign-plan.ts';
import { type KeyRead, readRecordKey } from '../../../src/safety/record-key.ts';
import { sanitise } from '../../../src/text/sanitise.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { mustPlan, sendAll } from '../../support/plans.ts';
import { clusterOf } from '../support/cluster-of.ts';

async function deletedSecret() {
  const { api, deps } = clusterOf('secret-deletion');
  const { injections } = await scan(deps, { deep: true });
  const [finding] = injections as [FoundInjection];
  return { api, deps, finding };
}

const secretOf = ({ live }: FoundInjection): string => live.metadata.name.replace('chaos-backup-secret-', '');
const experimentFor = (
  finding: FoundInjection,
  more: { status?: object; spec?: object; namespace?: string } = {},
): KubeObject => ({
  apiVersion: 'chaos.operatorchaos.io/v1alpha1',
  kind: 'ChaosExperiment',
  metadata: { name: 'x', namespace: more.namespace ?? finding.object.namespace ?? '' },
  spec: more.spec ?? { injection: { type: finding.type, parameters: { name: secretOf(finding) } } },
  ...(more.status === undefined ? {} : { status: more.status }),
});
const begun = ({ live }: FoundInjection) => ({ injectionStartedAt: live.metadata.creationTimestamp });

describe('an experiment of the framework', () => {
  test('is a word for its own backup, by its status', async () => {
    const { finding } = await deletedSecret();
    expect(isOfExperiment(finding, [experimentFor(finding, { status: begun(finding) })])).toBe(true);
  });

  const NOT_ENOUGH: [string, (finding: FoundInjection) => KubeObject][] = [
    ['without a status', finding => experimentFor(finding)],
    ['whose status tells no beginning', finding => experimentFor(finding, { status: { phase: 'Injecting' } })],
    [
      'that began an hour before',
      finding =>
        experimentFor(finding, {
          status: {
            injectionStartedAt: new Date(
              Date.parse(finding.live.metadata.creationTimestamp ?? '') - 3_600_000,
            ).toISOString(),
          },
        }),
    ],
    ['of another namespace', finding => experimentFor(finding, { status: begun(finding), namespace: 'other' })],
    [
      'of another type',
      finding =>
        experimentFor(finding, {
          status: begun(finding),
          spec: { injection: { type: 'PodKill', parameters: { name: secretOf(finding) } } },
        }),
    ],
    [
      'that names another object',
      finding =>
        experimentFor(finding, {
          status: begun(finding),
          spec: { injection: { type: finding.type, parameters: { name: 'another' } } },
        }),
    ],
    [
      'that names nothing',
      finding =>
        experimentFor(finding, {
          status: begun(finding),
          spec: { injection: { type: finding.type, parameters: { name: '' } } },
        }),
    ],
  ];
  test.each(NOT_ENOUGH)('is none %s', async (_, experiment) => {
    const { finding } = await deletedSecret();
    expect(isOfExperiment(finding, [experiment(finding)])).toBe(false);
  });
});

test('the journal of this machine is a word for the backup that it wrote, and for none of that name made later', async () => {
  const { finding } = await deletedSecret();
  const { uid: _, ...on } = finding.object;
  const at = Date.parse(finding.live.metadata.creationTimestamp ?? '');
  expect(isInjectedHere(finding, [{ type: 'SecretDeletion', on, at }])).toBe(true);
  expect(isInjectedHere(finding, [{ type: 'SecretDeletion', on, at: at - 3_600_000 }])).toBe(false);
  expect(isInjectedHere(finding, [{ type: 'ResourceDeletion', on, at }])).toBe(false);
  expect(isInjectedHere(finding, [{ type: 'SecretDeletion', on: { ...on, name: 'another' }, at }])).toBe(false);
  expect(isInjectedHere(finding, [{ type: 'SecretDeletion', on: { ...on, uid: 'another' }, at }])).toBe(false);
  expect(injectedHere([])).toEqual([]);
});

describe('what needs a word', () => {
  test('is left without one, and the receipt says what to do', async () => {
    const { api, deps, finding } = await deletedSecret();
    const before = JSON.stringify(api.all());
    const { receipt } = await restoreOne(deps, finding, {});
    expect(receipt).toMatchObject({ outcome: 'unconfirmed', verified: false, tier: 2, needs: 'confirmation' });
    expect(receipt.word).toBeUndefined();
    expect(JSON.stringify(api.all())).toBe(before);
  });

  test('Events about it are no word', async () => {
    const { api, deps, finding } = await deletedSecret();
    api.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'told', namespace: finding.object.namespace ?? '' },
      involvedObject: { ...finding.object },
      reason: 'InjectionStarted',
      source: { component: 'operator-chaos' },
    });
    expect((await restoreOne(deps, finding, {})).receipt.outcome).toBe('unconfirmed');
  });

  test.each(['journal', 'experiment'] as const)('is done on the word of the %s', async word => {
    const { deps, finding } = await deletedSecret();
    const { receipt } = await restoreOne(deps, finding, { trust: { corroborates: () => word } });
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true, tier: 2, word });
  });

  test('of tier 3 is not done on the word of an experiment', async () => {
    const { deps } = clusterOf('rbac-revoke');
    const { injections } = await scan(deps, { deep: true });
    const { receipt } = await restoreOne(deps, injections[0] as FoundInjection, {
      trust: { corroborates: () => 'experiment' },
    });
    expect(receipt).toMatchObject({ outcome: 'unconfirmed', tier: 3 });
  });

  test('is done once a person confirmed the record as it was shown', async () => {
    const { deps, finding } = await deletedSecret();
    const confirmed = new Map([[finding.id, recordDigest(finding.live)]]);
    const { receipt } = await restoreOne(deps, finding, { trust: { confirmed } });
    expect(receipt).toMatchObject({ outcome: 'reverted', verified: true, word: 'person' });
  });

  test('a record that changed after it was shown is not done, and is asked about anew', async () => {
    const { api, deps, finding } = await deletedSecret();
    const confirmed = new Map([[finding.id, recordDigest(finding.live)]]);
    api.change(finding.object, backup => {
      const data = backup.data as Record<string, string>;
      const [[key, text]] = Object.entries(data) as [[string, string]];
      const kept = JSON.parse(Buffer.from(text, 'base64').toString()) as KubeObject;
      data[key] = Buffer.from(JSON.stringify({ ...kept, data: { word: 'bm90IHNob3du' } })).toString('base64');
    });
    const asked = await toBeAsked({ api, faultOf }, (await scan(deps, { deep: true })).injections, {
      trust: { confirmed },
    });
    const { receipt } = await restoreOne(deps, finding, { trust: { confirmed } });
    expect(receipt.verified).toBe(false);
    expect(receipt.word).toBeUndefined();
    expect(asked.map(one => one.finding.id)).toEqual([finding.id]);
  });
});

describe('a record that is signed', () => {
  const KEY = new Uint8Array(32).fill(3);

  async function signedDeletion() {
    const clock = fakeClock();
    const token = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'shop' }, data: {} };
    const api = fakeApi([token], { now: clock.now });
    const plan = await mustPlan(api, { type: 'SecretDeletion', parameters: { name: 'token' } });
    await sendAll(api, signedPlan(KEY, plan).writes);
    const deps = { api, clock, journal: memoryJournal(), faultOf };
    const { injections } = await scan(deps, { deep: true });
    return { deps, findings: injections };
  }
  const why = sanitise('Secret mayday-system/mayday-record-key could not be read: etcdserver: leader changed');

  test('is restored by whoever has the key', async () => {
    const { deps, findings } = await signedDeletion();
    const { receipts } = await revertAll(deps, findings, { trust: { key: KEY } });
    expect(receipts).toMatchObject([{ outcome: 'reverted', verified: true, word: 'signed' }]);
  });

  test('is not distrusted because one read of the key failed: it is read again until it can be', async () => {
    const { deps, findings } = await signedDeletion();
    let reads = 0;
    const again = async (): Promise<KeyRead> => {
      reads += 1;
      return reads < 3 ? { why, again } : { key: KEY };
    };
    const { receipts } = await revertAll(deps, findings, { trust: { keyless: { why, again } } });
    expect(receipts).toMatchObject([{ outcome: 'reverted', verified: true, word: 'signed' }]);
    expect(reads).toBe(3);
  });

  test('whose key cannot be read at all is left, and what could not be checked is said as such', async () => {
    const { deps, findings } = await signedDeletion();
    const again = async (): Promise<KeyRead> => ({ why, again });
    const { receipts, remaining } = await revertAll(deps, findings, { trust: { keyless: { why, again } } });
    expect(remaining).toBe(1);
    expect(receipts).toMatchObject([{ outcome: 'unconfirmed', verified: false, needs: 'confirmation' }]);
    expect(receipts[0]?.message).toContain(`the signature of the undo record could not be checked (${why})`);
  });

  test('whose key is missing is left at once, and the missing key is named', async () => {
    const { deps, findings } = await signedDeletion();
    const missing = await readRecordKey(deps.api, deps.clock);
    const { receipts } = await revertAll(deps, findings, { trust: trustOf(missing) });
    expect(receipts).toMatchObject([{ outcome: 'unconfirmed', verified: false }]);
    expect(receipts[0]?.message).toContain('could not be checked (there is no Secret mayday-system/mayday-record-key)');
    expect(deps.clock.monotonic()).toBeLessThan(5_000);
  });

  test('by another key is not said to be unchecked', async () => {
    const { deps, findings } = await signedDeletion();
    const { receipts } = await revertAll(deps, findings, { trust: { key: new Uint8Array(32) } });
    expect(receipts[0]?.message).toContain('only the undo record asks for it');
  });
});
