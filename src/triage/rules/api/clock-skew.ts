import { text, time } from '../../../k8s/fields.ts';
import type { Rule } from '../../rule.ts';

const MOST_MS = 5_000;

/** Clocks that are ahead of the clock of the API server, as the renew times of Leases show. */
export const clockSkew: Rule = {
  id: 'api/clock-skew',
  gate: 'G0',
  needs: ['Lease'],
  about: {
    looksAt: 'The `spec.renewTime` of Leases (of nodes and of leaders) against the time of the API server.',
    why: 'A clock that runs ahead makes certificates expire too early, makes stale Leases look fresh, and puts wrong times into logs.',
    whatToDo: 'Correct the clock of the node (chrony, NTP), and make sure that it stays synchronised.',
  },
  *look({ view, now }) {
    for (const lease of view.all('Lease')) {
      const ahead = (time(lease.spec.renewTime) ?? 0) - now;
      if (ahead <= MOST_MS) continue;
      const { namespace, name } = lease.metadata;
      const isNode = namespace === 'kube-node-lease';
      yield {
        severity: 'warn',
        object: isNode ? { apiVersion: 'v1', kind: 'Node', name } : lease,
        summary: `the clock of ${isNode ? 'the node' : 'the holder of the Lease'} is ${Math.round(ahead / 1000)} s ahead of the API server`,
        evidence: [
          `Lease ${namespace}/${name} spec.renewTime: ${text(lease.spec.renewTime)}, server time ${new Date(now).toISOString()}`,
        ],
        fixes: [{ text: 'Synchronise the clock with NTP.' }],
      };
    }
  },
};
