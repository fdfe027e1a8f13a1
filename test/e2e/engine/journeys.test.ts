import { describe } from 'vitest';
import { engineJourneys } from './journeys.ts';

const kubeconfig = process.env.MAYDAY_E2E_KUBECONFIG;

describe.skipIf(kubeconfig === undefined)('the engine on the cluster of MAYDAY_E2E_KUBECONFIG', () => {
  engineJourneys(() => Promise.resolve({ name: 'kubeconfig', kubeconfig: kubeconfig ?? '' }));
});
