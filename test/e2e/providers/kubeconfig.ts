import { spawnSync } from 'node:child_process';
import type { Provider, ProviderKind } from './provider.ts';

/** The label by which a namespace is given to these journeys. */
const ALLOWED = 'mayday.test/e2e';

/**
 * Any cluster: MAYDAY_E2E_KUBECONFIG and MAYDAY_E2E_NAMESPACE. The namespace must carry the label above: whoever owns the
 * cluster has then said that it may be broken. Only journeys that stay in one namespace run there.
 */
export const kubeconfig: ProviderKind = {
  name: 'kubeconfig',
  whyNot() {
    const { file, namespace } = given();
    if (file === undefined) return 'no cluster named: expected MAYDAY_E2E_KUBECONFIG';
    if (namespace === undefined) return `no namespace named: expected MAYDAY_E2E_NAMESPACE, labelled ${ALLOWED}=true`;
    const label = `{.metadata.labels.${ALLOWED.replaceAll('.', '\\.')}}`;
    const args = ['--kubeconfig', file, 'get', 'namespace', namespace, '-o', `jsonpath=${label}`];
    const asked = spawnSync('kubectl', args, { encoding: 'utf8', timeout: 30_000 });
    if (asked.status !== 0) return `cannot read namespace ${namespace}: ${asked.stderr?.trim()}`;
    if (asked.stdout === 'true') return undefined;
    return `namespace ${namespace} is not given to these journeys: kubectl label namespace ${namespace} ${ALLOWED}=true`;
  },
  async open(): Promise<Provider> {
    const { file = '', namespace = '' } = given();
    return { name: 'kubeconfig', kubeconfig: file, namespace, close: async () => {} };
  },
};

const given = () => ({ file: process.env.MAYDAY_E2E_KUBECONFIG, namespace: process.env.MAYDAY_E2E_NAMESPACE });
