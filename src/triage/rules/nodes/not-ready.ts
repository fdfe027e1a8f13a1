import { finding } from '../../build.ts';
import type { Rule } from '../../rule.ts';
import { command } from '../../shell.ts';

interface Condition {
  type?: string;
  status?: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** A node whose kubelet says that it is not ready, or has not said anything for too long. */
export const nodeNotReady: Rule = {
  id: 'node/not-ready',
  gate: 'G2',
  needs: ['Node'],
  about: {
    looksAt: 'The condition Ready of every node.',
    why: 'Pods of a node that is not ready are taken out of their Services, and after five minutes are evicted.',
    whatToDo: 'Look at the kubelet and the machine; while they are being mended, cordon the node.',
  },
  *look({ view }) {
    for (const node of view.all('Node')) {
      const conditions = (Array.isArray(node.status.conditions) ? node.status.conditions : []) as Condition[];
      const ready = conditions.find(({ type }) => type === 'Ready');
      if (ready === undefined || ready.status === 'True') continue;
      const { status = '', reason = '', message = '', lastTransitionTime = '' } = ready;
      yield finding({
        rule: 'node/not-ready',
        severity: 'high',
        object: node,
        summary: status === 'Unknown' ? 'node not ready: its kubelet no longer reports' : `node not ready: ${reason}`,
        since: { at: Date.parse(lastTransitionTime), exact: true },
        evidence: [`status.conditions[Ready]: ${status} ${reason} "${message}"`],
        cause: message,
        fixes: [
          {
            text: 'Look at what the node itself reports, then at its kubelet.',
            command: command(view, ['kubectl', 'describe', `node/${node.metadata.name}`]),
          },
        ],
      });
    }
  },
};
