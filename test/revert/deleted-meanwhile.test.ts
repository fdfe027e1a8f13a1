import { expect, test } from 'vitest';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { fakeApi } from '../support/fake-api.ts';
import { kindsOf } from '../torture/world.ts';
import { recorded, yard } from './support/stuck.ts';

test('an object that is deleted right after it was restored: the receipt says that it is gone, not that it was put back', async () => {
  const objects = recorded('scale-zero', 'injected');
  const { deps: yards } = yard([]);
  const api = fakeApi(objects, { now: yards.clock.now, kinds: kindsOf(objects) });
  const deps = { ...yards, api };
  const { injections } = await scan(deps, { deep: true });
  const { name } = injections[0]?.object ?? { name: '' };
  let isPatched = false;
  const deleting = {
    ...api,
    async get(...args: Parameters<typeof api.get>) {
      if (isPatched && args[0].name === name) api.remove(args[0]);
      return api.get(...args);
    },
    async patch(...args: Parameters<typeof api.patch>) {
      const answer = await api.patch(...args);
      isPatched = true;
      return answer;
    },
  };
  const { receipts } = await revertAll({ ...deps, api: deleting }, injections, { trust: { everything: 'caller' } });
  expect(receipts).toMatchObject([
    { outcome: 'gone', verified: true, message: 'the object was deleted meanwhile, and the injection with it' },
  ]);
});
