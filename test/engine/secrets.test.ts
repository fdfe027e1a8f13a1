import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { deployment, experiment, pod, SHOP } from '../run/support/lab.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
/** Long enough to be told from anything else in a file. */
const VALUES = ['the-original-password', 'the-injected-password', 'a-third-password'] as const;
const [ORIGINAL, INJECTED, THIRD] = VALUES;
const secretRef = { apiVersion: 'v1', kind: 'Secret', namespace: SHOP, name: 'db' };
const secret = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: SHOP },
  data: { password: base64(ORIGINAL) },
});
function stage() {
  const clock = fakeClock();
  const api = fakeApi([deployment(), pod('web-a'), secret(), kubeSystem], { now: clock.now });
  const files = memoryFiles();
  const engine = createEngine(engineDeps({ api, clock, files }));
  return { api, clock, engine, kept: () => [...files.store.values()].join('\n') };
}

const drift = () =>
  experiment({
    type: 'ConfigDrift',
    parameters: { name: 'db', key: 'password', value: INJECTED, resourceType: 'Secret' },
    recoveryTimeoutMs: 5_000,
  });
const deletion = () => experiment({ type: 'SecretDeletion', parameters: { name: 'db' }, recoveryTimeoutMs: 5_000 });

function expectNoValues(text: string): void {
  expect(text).toContain('"entry":"intent"');
  for (const value of VALUES) for (const form of [value, base64(value)]) expect(text).not.toContain(form);
}

test.each([
  ['a drift', drift],
  ['a deletion', deletion],
] as const)('nothing that is kept of %s of a Secret holds its values', async (_what, make) => {
  const { api, engine, kept } = stage();
  const { result } = await engine.run(make(), { emit: () => undefined });
  expect(result).toMatchObject({ residue: 0 });
  expect(api.peek(secretRef)?.data).toEqual({ password: base64(ORIGINAL) });
  expectNoValues(kept());
});

test('nor does what is kept of a revert that shows three values side by side', async () => {
  const { api, engine, kept } = stage();
  const { result } = await engine.run(drift(), {
    emit: event => {
      if (event.event !== 'injected') return;
      api.change(secretRef, object => {
        object.data = { password: base64(THIRD) };
      });
    },
  });
  expect(result.residue).toBeGreaterThan(0);
  const { injections } = await engine.scan({ deep: true });
  const reverted = await engine.revert(injections);
  expect(reverted.receipts.map(({ outcome }) => outcome)).toContain('diverged');
  expectNoValues(kept() + JSON.stringify(reverted.receipts.map(({ message }) => message)));
  await engine.revert(injections, { force: true });
  expect(api.peek(secretRef)?.data).toEqual({ password: base64(ORIGINAL) });
  expectNoValues(kept());
});
