import { expect, test } from 'vitest';
import { restoreOne } from '../../../src/revert/restore/restore.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { kindsOf } from '../../torture/world.ts';
import { recorded, yard } from '../support/stuck.ts';

test('something deletes a Secret as soon as it is created again: the receipt says that, not that it was created twice', async () => {
  const objects = recorded('secret-deletion', 'injected');
  const { deps } = yard([]);
  const api = fakeApi(objects, { now: deps.clock.now, kinds: kindsOf(objects) });
  const deleting = {
    ...api,
    async create(...args: Parameters<typeof api.create>) {
      const answer = await api.create(...args);
      const { apiVersion, kind, metadata } = args[0];
      if (!metadata.name.startsWith('chaos-backup')) api.remove({ apiVersion, kind, ...metadata });
      return answer;
    },
  };
  const made = { ...deps, api: deleting };
  const [finding] = (await scan(made, { deep: true })).injections;
  if (finding === undefined) throw new Error('the recorded case was not found');
  const { receipt, retry } = await restoreOne(made, finding, { trust: { everything: 'caller' } });
  expect(receipt).toMatchObject({ outcome: 'failed', verified: false });
  expect(retry).toBe(true);
  expect(receipt.message).toContain('done, but when it was read back, the object was gone again: something deletes it');
  expect(receipt.message.match(/create Secret/g)).toHaveLength(1);
  expect(api.peek(finding.object)).toBeDefined();
});
