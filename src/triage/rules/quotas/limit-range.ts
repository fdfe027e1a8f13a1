import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { quantityOf } from '../../../k8s/quantity.ts';
import { created } from '../../facts/fields.ts';
import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { type Refused, refusals } from '../workloads/refusals.ts';

/** `maximum memory usage per Container is 128Mi, but limit is 256Mi`. */
const WORDS = /(minimum|maximum) (\S+) usage per (\w+) is ([^\s,]+)/;

/** A LimitRange that rejects the pods of older workloads, or of several workloads. */
export const limitRange: Rule = {
  id: 'quota/limit-range',
  gate: 'G9',
  needs: ['LimitRange', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'],
  wants: ['Deployment', 'Event'],
  about: {
    looksAt:
      'Pods that are refused because of a minimum or maximum of a LimitRange, where the LimitRange is newer than the workload or refuses several. If the workload is newer and the only one, its own finding reports it.',
    why: 'A LimitRange takes effect on the next pod that is created: workloads that have been running fine cannot replace their pods.',
    whatToDo:
      'Raise the maximum or lower the minimum, or change the requests and limits of the workloads to values within the range.',
  },
  *look(looking) {
    const { view } = looking;
    const groups = new Map<ViewObject, Refused[]>();
    for (const refused of refusals(looking)) {
      if (refused.refusal?.is !== 'limit range') continue;
      const range = view
        .inNamespace('LimitRange', refused.top.ref.namespace ?? '')
        .find(one => isBroken(one, refused.message));
      if (range) groups.set(range, [...(groups.get(range) ?? []), refused]);
    }
    for (const [range, group] of groups) {
      const isNewer = group.some(
        ({ top }) => top.object === undefined || created(range) >= created(top.object) - 60_000,
      );
      if (!isNewer && group.length < 2) continue;
      const { namespace = '', name } = range.metadata;
      const workloads = group.map(({ top }) => `${top.ref.kind} ${top.ref.name}`);
      const words = group.map(({ refusal }) => (refusal?.is === 'limit range' ? refusal.message : ''))[0] ?? '';
      yield {
        severity: 'high',
        object: range,
        summary: `the limit range rejects pods of ${workloads.join(', ')}: ${words}`,
        since: group.map(one => one.since).reduce((a, b) => (b.at < a.at ? b : a)),
        evidence: [
          ...list(range.spec.limits).map(
            one =>
              `spec.limits ${text(one.type)}: ${['min', 'max', 'default', 'defaultRequest']
                .filter(key => one[key])
                .map(key => `${key} ${JSON.stringify(one[key])}`)
                .join(', ')}`,
          ),
          ...group.slice(0, 4).map(({ top, message }) => `${top.ref.kind} ${top.ref.name}: "${message}"`),
        ],
        cause: `LimitRange ${name} does not allow these requests or limits: ${words}`,
        fixes: [
          {
            text: 'Change the limit range so that it allows the pods.',
            command: command(view, ['kubectl', 'edit', 'limitrange', name, '-n', namespace]),
          },
          { text: `Or set resources of ${workloads[0]} that the limit range allows.` },
        ],
        because: [{ kind: 'LimitRange', namespace, name, rule: 'chaos/' }],
      };
    }
  },
};

function isBroken(range: ViewObject, message: string): boolean {
  const [, which, resource = '', type, amount] = WORDS.exec(message) ?? [];
  const bound = which === 'minimum' ? 'min' : 'max';
  if (which === undefined)
    return list(range.spec.limits).some(one => one.maxLimitRequestRatio !== undefined) && /ratio/.test(message);
  return list(range.spec.limits).some(
    one => text(one.type) === type && quantityOf(text(fields(one[bound])[resource])) === quantityOf(amount),
  );
}
