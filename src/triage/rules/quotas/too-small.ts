import { quantityOf } from '../../../k8s/quantity.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Rule } from '../../rule.ts';
import { edit } from '../pods/fixes.ts';
import { refusals } from '../workloads/refusals.ts';

/** A pod that requests more than its whole quota: freeing resources would not help. */
export const quotaTooSmall: Rule = {
  id: 'quota/too-small',
  gate: 'G9',
  needs: ['ResourceQuota', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'],
  wants: ['Deployment', 'CronJob', 'Event'],
  about: {
    looksAt: 'Refusals with the words "exceeded quota" in which one pod requests more than the whole quota.',
    why: 'Such a pod would be refused even in an empty namespace: either its request is a mistake, or the quota was not meant for it.',
    whatToDo: 'Lower the request of the workload; raise the quota only if the workload really needs that much.',
  },
  *look(looking) {
    for (const { top, refusal, message, since } of refusals(looking)) {
      if (refusal?.is !== 'quota exceeded') continue;
      const lines = refusal.lines.filter(isBeyond);
      if (lines.length === 0) continue;
      const words = lines.map(
        line => `${line.resource}: ${line.requested} requested, ${line.limited} allowed in total`,
      );
      yield {
        severity: 'high',
        object: top.object ?? top.ref,
        summary: `one pod requests more than the whole quota ${refusal.quota}: ${words.join('; ')}`,
        since,
        evidence: [`"${message}"`],
        cause: `The requests or limits of the pod template are above ResourceQuota ${refusal.quota} of the namespace (${words.join('; ')}): the pod exceeds the quota even in an empty namespace.`,
        fixes: [
          edit(
            looking.view,
            top,
            `Lower ${lines.map(({ resource }) => resource).join(', ')} in the pod template to less than ${lines.map(({ limited }) => limited).join(', ')}; raise quota ${refusal.quota} only if the workload really needs that much.`,
          ),
        ],
        because: [
          causeOf(top.ref, 'chaos/'),
          causeOf({ kind: 'ResourceQuota', name: refusal.quota, namespace: top.ref.namespace ?? '' }, 'chaos/'),
        ],
      };
    }
  },
};

/** Whether the request exceeds the whole quota. A quota of zero allows nothing, so the quota itself is then the reason. */
export function isBeyond({ requested, limited }: { requested: string; limited: string }): boolean {
  const [asked, allowed] = [quantityOf(requested), quantityOf(limited)];
  return asked !== undefined && allowed !== undefined && allowed > 0 && asked > allowed;
}
