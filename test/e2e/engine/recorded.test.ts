import { describe } from 'vitest';
import { recordedJourneys } from './recorded.ts';

const kubeconfig = process.env.MAYDAY_E2E_KUBECONFIG;

describe.skipIf(kubeconfig === undefined)('recorded injections on the cluster of MAYDAY_E2E_KUBECONFIG', () => {
  recordedJourneys(() => Promise.resolve({ name: 'kubeconfig', kubeconfig: kubeconfig ?? '' }));
});
