import { onEachProvider } from '../providers/on-each.ts';
import { engineJourneys } from './journeys.ts';
import { recordedJourneys } from './recorded.ts';

// The engine without a command line around it, where the journeys of whole programs run too.
onEachProvider(
  'the engine on',
  provider => {
    const given = async () => ({ name: provider().name, kubeconfig: provider().kubeconfig });
    engineJourneys(given);
    recordedJourneys(given);
  },
  ['controlplane', 'kind'],
);
