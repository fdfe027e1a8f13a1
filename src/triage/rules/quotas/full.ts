import type { Since } from '../../../health/trouble.ts';
import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, text, textMap } from '../../../k8s/fields.ts';
import { quantityOf } from '../../../k8s/quantity.ts';
import { MANAGER_LEASE, managerLeads } from '../../facts/control-plane.ts';
import { created } from '../../facts/fields.ts';
import type { QuotaLine } from '../../facts/refusal.ts';
import { refusalsOfApplication } from '../../facts/refusals.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { topOf } from '../pods/owner.ts';
import { refusals } from '../workloads/refusals.ts';
import { isBeyond } from './too-small.ts';

/** A request that a quota refuses, and the workload that made it. */
interface Denial {
  namespace: string;
  quota: string;
  requester: string;
  message: string;
  lines: readonly QuotaLine[];
  since: Since | undefined;
  isRollout: boolean;
}

function* denials({ view, now }: Pick<RuleInput, 'view' | 'now'>): Iterable<Denial> {
  // A workload that requests more than the whole quota has its own finding.
  for (const { top, refusal, message, since } of refusals({ view, now }))
    if (refusal?.is === 'quota exceeded' && !refusal.lines.some(isBeyond))
      yield {
        namespace: top.ref.namespace ?? '',
        quota: refusal.quota,
        requester: `${top.ref.kind} ${top.ref.name}`,
        message,
        lines: refusal.lines,
        since,
        isRollout: top.ref.kind === 'Deployment',
      };
  for (const app of view.all('Application'))
    for (const { refusal, message: said, at } of refusalsOfApplication(app))
      if (refusal.is === 'quota exceeded')
        yield {
          namespace: text(fields(app.spec.destination).namespace),
          quota: refusal.quota,
          requester: `Application ${app.metadata.name}`,
          message: said,
          lines: refusal.lines,
          since: at === undefined ? undefined : { at, exact: false },
          isRollout: false,
        };
}

/** A quota that rejects requests. A quota that is only full is not a failure. */
export const quotaFull: Rule = {
  id: 'quota/exceeded',
  gate: 'G9',
  needs: ['ResourceQuota', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'],
  wants: ['Deployment', 'Pod', 'Event', 'Application'],
  about: {
    looksAt:
      'Refusals with the words "exceeded quota" that workloads and Argo CD applications report now, and the quota that they name: what is requested, used and allowed, and which workloads use it.',
    why: 'The API server creates nothing beyond a quota. A rolling update needs quota for its surge pods, so it can hang although all old pods are healthy.',
    whatToDo: 'Raise the quota, remove what uses it up, or roll out without surge pods (maxSurge 0).',
  },
  *look(looking) {
    const groups = new Map<string, Denial[]>();
    for (const one of denials(looking))
      groups.set(`${one.namespace}/${one.quota}`, [...(groups.get(`${one.namespace}/${one.quota}`) ?? []), one]);
    for (const group of groups.values()) {
      const [first] = group as [Denial];
      const quota = looking.view.get('ResourceQuota', first.namespace, first.quota);
      if (quota !== undefined) yield full(looking.view, quota, group);
    }
  },
};

function full(view: ClusterView, quota: ViewObject, group: readonly Denial[]): FindingDraft {
  const { namespace = '', name } = quota.metadata;
  const hard = textMap(fields(quota.status).hard ?? quota.spec.hard);
  const used = textMap(quota.status.used);
  const [first] = group as [Denial];
  const lines = first.lines.filter(line => !fits(line));
  const words = lines
    .map(
      line =>
        `${line.resource}: ${line.requested} requested, ${used[line.resource] ?? line.used} of ${hard[line.resource] ?? line.limited} used`,
    )
    .join('; ');
  const raised = Object.fromEntries(
    lines
      .map(line => [line.resource, sum(used[line.resource] ?? line.used, line.requested)])
      .filter(([, amount]) => amount !== ''),
  );
  const requesters = [...new Set(group.map(one => one.requester))];
  const times = group.flatMap(one => one.since ?? []);
  return {
    severity: 'high',
    object: quota,
    summary: `the quota is exceeded and refuses ${requesters.slice(0, 3).join(', ')}${requesters.length > 3 ? ` and ${requesters.length - 3} more` : ''}${words && ` (${words})`}`,
    since: times.length > 0 ? times.reduce((a, b) => (b.at < a.at ? b : a)) : undefined,
    evidence: [
      ...Object.keys(hard).map(key => `status: ${key} ${used[key] ?? '?'} used of ${hard[key]}`),
      ...group.slice(0, 4).map(one => `${one.requester}: "${one.message}"`),
      ...usersOf(view, namespace),
    ],
    cause: `Namespace ${namespace} has used up its quota${words && `: ${words}`}. Nothing that needs more is created until some of it is freed.`,
    fixes: [
      Object.keys(raised).length > 0 && {
        text: 'Raise the quota so that it allows the pod.',
        command: patchCommand(view, ['resourcequota', name, '-n', namespace], 'merge', { spec: { hard: raised } }),
      },
      {
        text: 'Or free some of the quota: look for pods, jobs and claims that are not needed.',
        command: command(view, ['kubectl', 'describe', 'resourcequota', name, '-n', namespace]),
      },
      ...group
        .filter(one => one.isRollout)
        .slice(0, 1)
        .map(one => ({
          text: `Or roll out ${one.requester} without surge pods: maxSurge 0, maxUnavailable 1.`,
          command: patchCommand(
            view,
            ['deployment', one.requester.replace('Deployment ', ''), '-n', namespace],
            'merge',
            {
              spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
            },
          ),
        })),
    ],
    because: [
      { kind: 'ResourceQuota', namespace, name, rule: 'chaos/' },
      { kind: 'ResourceQuota', namespace, name, rule: 'quota/not-calculated' },
    ],
  };
}

/** Whether one resource of the request fits into the quota. The API server lists all resources of the request; those that do not fit are the reason. */
function fits({ requested, used, limited }: QuotaLine): boolean {
  const [a, b, c] = [requested, used, limited].map(quantityOf);
  return a !== undefined && b !== undefined && c !== undefined && a + b <= c;
}

/** The sum of two quantities with the same unit; empty for others. */
function sum(used: string, more: string): string {
  const [a, b] = [/^(\d+)([A-Za-z]*)$/.exec(used), /^(\d+)([A-Za-z]*)$/.exec(more)];
  if (a && b && (a[2] === b[2] || a[1] === '0')) return `${Number(a[1]) + Number(b[1])}${b[2]}`;
  const total = (quantityOf(used) ?? Number.NaN) + (quantityOf(more) ?? Number.NaN);
  return Number.isFinite(total) ? (Number.isInteger(total) ? String(total) : `${Math.ceil(total * 1000)}m`) : '';
}

/** The workloads with the most pods in the namespace. */
function usersOf(view: ClusterView, namespace: string): string[] {
  const counts = new Map<string, number>();
  for (const pod of view.inNamespace('Pod', namespace)) {
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
    const { ref } = topOf(view, pod);
    counts.set(`${ref.kind} ${ref.name}`, (counts.get(`${ref.kind} ${ref.name}`) ?? 0) + 1);
  }
  const most = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 5);
  return most.length === 0 ? [] : [`pods: ${most.map(([who, count]) => `${who} ${count}`).join(', ')}`];
}

/** A quota without a calculated usage: the API server then refuses every request that the quota covers. */
export const quotaNotCalculated: Rule = {
  id: 'quota/not-calculated',
  gate: 'G7',
  needs: ['ResourceQuota'],
  wants: ['Lease'],
  about: {
    looksAt: 'Quotas older than two minutes whose status lacks a resource of spec.hard.',
    why: 'The quota controller in kube-controller-manager calculates the usage; until it has done so, the API server refuses everything that the quota covers ("status unknown for quota").',
    whatToDo: 'Look at kube-controller-manager, and at API groups that cannot be listed.',
  },
  *look({ view, now }) {
    for (const quota of view.all('ResourceQuota')) {
      const [wanted, known] = [textMap(quota.spec.hard), textMap(quota.status.hard)];
      const missing = Object.keys(wanted).filter(key => known[key] === undefined);
      if (missing.length === 0 || now - created(quota) < 120_000) continue;
      const { namespace = '', name } = quota.metadata;
      yield {
        severity: 'high',
        object: quota,
        summary: `the quota is not calculated: its status has no values for ${missing.join(', ')}`,
        since: { at: created(quota), exact: false },
        evidence: [
          `spec.hard: ${Object.entries(wanted)
            .map(([key, value]) => `${key} ${value}`)
            .join(', ')}`,
          `status.hard: ${Object.keys(known).join(', ') || 'none'}`,
        ],
        cause:
          'The quota controller in kube-controller-manager has not calculated the usage: it is not running, or cannot list what the quota counts.',
        fixes: [managerLeads(view)],
        because: [MANAGER_LEASE, { kind: 'ResourceQuota', namespace, name, rule: 'chaos/' }],
      };
    }
  },
};
