import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, strings, text } from '../../../k8s/fields.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created, sinceTime } from '../../facts/fields.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { containersOf } from '../pods/containers.ts';
import { topOf } from '../pods/owner.ts';
import { podRef } from '../pods/unready-pods.ts';
import { type Account, accountsInUse, bindingsIn, brokenFor } from './accounts.ts';
import { type Refused, refusedIn } from './forbidden-requests.ts';
import { grantsTo, isGranted, roleBehind } from './grants.ts';

/** The maximum number of controllers whose logs are read. */
const MOST_LOGS = 20;
const LINES = 40;

interface ControllerLog {
  account: Account;
  read: Extract<NamedRead, { is: 'log' }>;
}

/** A role that exists and is bound, but does not permit what its controller requests. */
export const roleLacks: Rule = {
  id: 'rbac/role-lacks',
  gate: 'G8',
  needs: ['Pod', 'ClusterRoleBinding', 'RoleBinding', 'ClusterRole', 'Role'],
  wants: ['Lease', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'ServiceAccount'],
  about: {
    looksAt:
      'The end of the log of controllers that hold a leader Lease, or that crash, for "is forbidden" (403), and whether the roles of their service accounts permit the request now.',
    why: 'A controller that may not list a kind does not reconcile it, but stays ready: only its log shows the problem. The usual reason is a new version that needs more than the role of the old one permits.',
    whatToDo: 'Add the verb and the resource to the role, in the chart or in Git.',
  },
  *asks({ view }) {
    for (const { read } of controllers(view)) yield read;
  },
  *look({ view, answers }) {
    const reported = new Set<string>();
    for (const { account, read } of controllers(view)) {
      const log = answers.log(read);
      const lacking = (log?.ok ? refusedIn(log.value) : []).filter(
        one => one.account === account.name && one.namespace === account.namespace && !isGranted(view, account, one),
      );
      const key = `${account.namespace}/${account.name}`;
      if (lacking.length === 0 || reported.has(key)) continue;
      reported.add(key);
      const found = lackingFinding(view, account, lacking, read.pod);
      if (found !== undefined) yield found;
    }
  },
};

/** Controllers whose logs are read: leaders, and those that crash. Another rule reports broken bindings. */
function controllers(view: ClusterView): ControllerLog[] {
  const leaders = new Set(
    [...view.all('Lease')]
      .filter(({ metadata }) => metadata.namespace !== 'kube-node-lease')
      .map(({ metadata, spec }) => `${metadata.namespace}/${text(spec.holderIdentity).split(/[_/]/)[0]}`),
  );
  const found: ControllerLog[] = [];
  for (const account of accountsInUse(view)) {
    const { namespace = '' } = account.pod.metadata;
    const pods = view
      .inNamespace('Pod', namespace)
      .filter(({ spec }) => text(spec.serviceAccountName) === account.name);
    const leader = pods.find(({ metadata }) => leaders.has(`${namespace}/${metadata.name}`));
    const crashed = pods.find(pod => crashing(pod) !== undefined && isController(view, pod));
    const pod = crashed ?? leader;
    if (pod === undefined || brokenFor(view, account).length > 0) continue;
    const container = crashing(pod) ?? containersOf(pod).find(({ role }) => role === 'main');
    const previous = crashing(pod) !== undefined;
    const at = { namespace, pod: podRef(pod).name, container: container?.name ?? '', lines: LINES };
    found.push({ account, read: { is: 'log', ...at, ...(previous && { previous }) } });
  }
  return found.slice(0, MOST_LOGS);
}

const crashing = (pod: ViewObject) => containersOf(pod).find(({ waiting }) => waiting?.reason === 'CrashLoopBackOff');

const isController = (view: ClusterView, pod: ViewObject): boolean =>
  /controller|operator|manager/.test(`${topOf(view, pod).ref.name} ${text(pod.spec.serviceAccountName)}`);

function lackingFinding(
  view: ClusterView,
  account: Account,
  lacking: readonly Refused[],
  pod: string,
): FindingDraft | undefined {
  const [first] = lacking;
  const role = roleToExtend(view, account, lacking);
  if (role === undefined || first === undefined) return undefined;
  const what = lacking.map(({ verb, resource, group }) => `${verb} ${resource}${group && `.${group}`}`);
  const verbs = first.verb === 'list' || first.verb === 'watch' ? ['get', 'list', 'watch'] : [first.verb];
  return {
    severity: 'high',
    object: role,
    summary: `RBAC: the role lacks permissions that service account ${account.name} needs; forbidden: ${what.slice(0, 4).join(', ')}`,
    since: sinceTime(undefined, created(account.pod)),
    evidence: [
      ...lacking.slice(0, 4).map(({ line }) => `log of ${pod}: ${line}`),
      ...list(role.rules)
        .slice(0, 6)
        .map(rule => `rules: ${strings(rule.verbs).join(', ')} ${strings(rule.resources).join(', ')}`),
    ],
    cause: `${account.top.ref.kind} ${account.top.ref.name} runs as ServiceAccount ${account.namespace}/${account.name}, and none of its roles permits ${what[0]}.`,
    fixes: [
      {
        text: `Grant the permission in the role: ${verbs.join(', ')} ${first.resource}${first.group && ` of ${first.group}`}.${undoneBy(view, role)}`,
        command: patchCommand(view, named(refOf(role)), 'json', [
          {
            op: 'add',
            path: '/rules/-',
            value: { apiGroups: [first.group], resources: [first.resource], verbs },
          },
        ]),
      },
    ],
    because: [causeOf(refOf(role), 'chaos/')],
    explains: ['pod/crash-loop', 'pod/probe', 'pod/init-stuck', 'lease/expired'].map(rule =>
      causeOf(account.top.ref, rule),
    ),
  };
}

/** The role of the account to extend: one that already has rules for the group, or the one with the most rules. */
function roleToExtend(view: ClusterView, account: Account, [first]: readonly Refused[]): ViewObject | undefined {
  const all = bindingsIn(view, first?.inNamespace ?? account.namespace).filter(
    binding =>
      list(binding.subjects).some(one => one.kind === 'ServiceAccount') &&
      grantsTo(binding, account) &&
      (binding.kind === 'ClusterRoleBinding' || first?.inNamespace !== undefined),
  );
  const roles = all.flatMap(binding => roleBehind(view, binding) ?? []);
  const near = roles.find(role => list(role.rules).some(rule => strings(rule.apiGroups).includes(first?.group ?? '')));
  const most = [...roles].sort((a, b) => list(b.rules).length - list(a.rules).length)[0];
  return near ?? most;
}
