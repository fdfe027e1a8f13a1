import { afterAll, beforeAll, describe } from 'vitest';
import { chooseProviders } from '../providers/choose.ts';
import type { Provider } from '../providers/provider.ts';
import { engineJourneys } from './journeys.ts';
import { recordedJourneys } from './recorded.ts';

const kinds = chooseProviders().kinds.filter(({ name }) => name === 'controlplane' || name === 'kind');

/** The engine without a command line around it, where the journeys of whole programs run too. */
describe.each(kinds)('the engine on $name', kind => {
  let provider: Provider;
  const given = () => Promise.resolve({ name: provider.name, kubeconfig: provider.kubeconfig });
  beforeAll(async () => {
    provider = await kind.open();
  }, 1_500_000);
  afterAll(() => provider?.close());

  engineJourneys(given);
  recordedJourneys(given);
});
