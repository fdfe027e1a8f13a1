import { describe, expect, test } from 'vitest';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { essences, recorded, yard } from './support/stuck.ts';

/** Injected by the framework itself into a real API server and killed; nothing of it was edited. */
describe.each(['config-drift', 'config-drift-secret', 'image-corrupt'])('the recorded case %s', name => {
  test('is one injection, found by the fast scan, and before comes back exactly', async () => {
    const { api, deps } = yard(recorded(name, 'injected'));
    const found = await scan(deps);
    expect(found.injections).toHaveLength(1);
    expect(found.injections[0]).toMatchObject({ state: 'injected', tool: 'operator-chaos' });
    const result = await revertAll(deps, found.injections);
    expect(result).toMatchObject({ remaining: 0, blind: [], appeared: [] });
    expect(result.receipts).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(essences(api.all())).toEqual(essences(recorded(name, 'before')));
  });

  test('is left alone by a dry run, which plans the same', async () => {
    const { api, deps, records } = yard(recorded(name, 'injected'));
    const before = api.all();
    const found = await scan(deps);
    const dry = await revertAll(deps, found.injections, { dryRun: true });
    expect(api.all()).toEqual(before);
    expect(records).toEqual([]);
    const real = await revertAll(deps, found.injections);
    expect(real.steps).toEqual(dry.steps);
  });

  test('is left without an owner of the value, which the dry run says beforehand', async () => {
    const { deps } = yard(recorded(name, 'injected'));
    const found = await scan(deps);
    const { steps } = await revertAll(deps, found.injections, { dryRun: true });
    expect(steps[0]?.says).toContain('its former field manager is not recorded');
  });

  test('is not there before', async () => {
    const { deps } = yard(recorded(name, 'before'));
    expect(await scan(deps, { deep: true })).toMatchObject({ injections: [], blind: [] });
  });
});

test('a rollback Secret whose victim was restored by hand is found as an orphan and dropped', async () => {
  const [backup, victim] = recorded('config-drift-secret', 'injected');
  const [original] = recorded('config-drift-secret', 'before');
  expect(victim?.metadata.name).toBe('checkout-tls');
  if (!backup || !original) throw new Error('the recorded case has no backup');
  const { api, deps } = yard([backup, original]);
  const found = await scan(deps);
  expect(found.injections).toMatchObject([
    { type: 'ConfigDrift', state: 'restored', object: { name: 'chaos-rollback-checkout-tls-password' } },
  ]);
  expect(await revertAll(deps, found.injections)).toMatchObject({ remaining: 0 });
  expect(api.all().map(object => object.metadata.name)).toEqual(['checkout-tls']);
});
