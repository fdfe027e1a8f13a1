import { afterAll, beforeAll, describe, test } from 'vitest';
import { chooseProviders } from './choose.ts';
import type { Provider, ProviderName } from './provider.ts';

/** A cold build of a control plane may be in it. */
const OPENING_MS = 1_500_000;

/**
 * Registers these tests once for each chosen provider that can be here, each with a cluster of its own for the time of them. Says in
 * one line what cannot be here and why; where nothing is left, one skipped test stands for it.
 */
export function onEachProvider(
  title: string,
  register: (given: () => Provider, name: ProviderName) => void,
  only: readonly ProviderName[] = ['sandbox', 'controlplane', 'kind', 'kubeconfig'],
): void {
  const { kinds, skipped } = chooseProviders();
  for (const why of skipped) process.stderr.write(`skipped: ${why}\n`);
  const here = kinds.filter(({ name }) => only.includes(name));
  if (here.length === 0) test.skip(`${title}: ${skipped.join('; ') || 'not asked for'}`, () => undefined);
  describe.each(here)(`${title} $name`, kind => {
    let provider: Provider;
    beforeAll(async () => {
      provider = await kind.open();
    }, OPENING_MS);
    afterAll(() => provider?.close());
    register(() => provider, kind.name);
  });
}
