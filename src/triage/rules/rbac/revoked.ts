import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { text } from '../../../k8s/fields.ts';
import { condition, created, sinceTime } from '../../facts/fields.ts';
import { type FindingDraft, type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { podRef } from '../pods/unready-pods.ts';
import { type Account, accountsInUse, type Broken, bindingsIn, binds, brokenFor, grantsText } from './accounts.ts';
import { type Refused, refusedIn } from './forbidden-requests.ts';

/** The maximum number of pods whose logs are read. */
const MOST_LOGS = 20;
const LINES = 60;
const CONTROLLER = /controller|operator|manager/;

interface Suspect {
  account: Account;
  broken: readonly Broken[];
  read: Extract<NamedRead, { is: 'log' }>;
}

/** Accounts whose bindings look broken, and accounts of controllers without bindings. */
function suspects(view: ClusterView): Suspect[] {
  const found = accountsInUse(view).flatMap((account): Suspect[] => {
    const broken = brokenFor(view, account);
    const isBound = bindingsIn(view, account.namespace).some(binding => binds(binding, account));
    if (broken.length === 0 && (isBound || !CONTROLLER.test(`${account.name} ${account.top.ref.name}`))) return [];
    const { namespace, name } = podRef(account.pod);
    const [container] = Array.isArray(account.pod.spec.containers) ? account.pod.spec.containers : [];
    const read = { is: 'log', namespace, pod: name, container: text(container?.name), lines: LINES } as const;
    return [{ account, broken, read }];
  });
  return found.sort((a, b) => b.broken.length - a.broken.length).slice(0, MOST_LOGS);
}

/** A ServiceAccount that lost its permissions: its binding has no subjects or a wrong one, or the role is gone or empty. */
export const rbacRevoked: Rule = {
  id: 'rbac/revoked',
  gate: 'G8',
  needs: ['Pod', 'ClusterRoleBinding', 'RoleBinding'],
  wants: ['ClusterRole', 'Role', 'ServiceAccount', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Lease'],
  about: {
    looksAt:
      'The roles and bindings of the ServiceAccounts that pods run as, and the logs of pods whose bindings look broken for "is forbidden" (403).',
    why: 'A controller without its permissions keeps running and looks healthy, but can neither read nor change the objects that it manages.',
    whatToDo: 'Restore the subjects of the binding, or create the role again, from Git or the chart.',
  },
  *asks({ view }) {
    for (const { read } of suspects(view)) yield read;
  },
  *look(looking) {
    const seen = new Set<string>();
    for (const suspect of suspects(looking.view)) {
      const log = looking.answers.log(suspect.read);
      const refused = log?.ok ? refusedIn(log.value).filter(one => one.account === suspect.account.name) : [];
      const unread = log?.ok === false ? log.message : undefined;
      const certain = suspect.broken.filter(({ is }) => is === 'role missing' || is === 'role empty');
      const probable = refused.length > 0 ? suspect.broken : certain;
      for (const broken of probable) {
        const key = `${broken.object.kind}/${broken.object.metadata.namespace}/${broken.object.metadata.name}`;
        if (seen.has(key)) continue;
        seen.add(key);
        yield brokenFinding(looking, suspect, broken, refused, unread);
      }
      // Without a refusal in the log, the missing binding may be intended.
      const [doubtful] = probable.length === 0 && refused.length === 0 ? suspect.broken : [];
      if (doubtful) yield { ...brokenFinding(looking, suspect, doubtful, refused, unread), severity: 'warn' };
      if (probable.length === 0 && refused.length > 0) yield unbound(looking, suspect, refused);
    }
  },
};

const SUMMARY: Record<Broken['is'], string> = {
  'role missing': 'RBAC: the binding refers to a role that does not exist',
  'role empty': 'RBAC: the role grants nothing (its rules are empty)',
  'subjects empty': 'RBAC: the binding has no subjects, so its role is granted to nobody',
  'wrong subject': 'RBAC: the binding names a service account that does not exist',
};

const who = ({ namespace, name }: Account): string => `system:serviceaccount:${namespace}:${name}`;

function brokenFinding(
  { view }: RuleInput,
  { account, read }: Suspect,
  broken: Broken,
  refused: readonly Refused[],
  unread: string | undefined,
): FindingDraft {
  const { is, object, role, wrong } = broken;
  const roleObject = view.get(role.kind === 'Role' ? 'Role' : 'ClusterRole', role.namespace, role.name);
  return {
    severity: 'high',
    object,
    summary: `${SUMMARY[is]}; ${refused.length > 0 ? `requests of ${account.name} are forbidden` : `${account.name} lacks those permissions`}`,
    since: sinceTime(undefined, created(object)),
    evidence: [
      is === 'role missing' && `roleRef: ${role.kind} ${role.name}: not found`,
      is === 'role empty' && `${role.kind} ${role.name}: rules: []`,
      is === 'subjects empty' && `subjects: none; roleRef: ${role.kind} ${role.name} (${grantsText(roleObject)})`,
      wrong !== undefined &&
        `subjects: ServiceAccount ${wrong}: not found; pods run as ${account.namespace}/${account.name}`,
      `${account.top.ref.kind} ${account.top.ref.name} runs as ${who(account)}`,
      ...refused.slice(0, 3).map(({ line }) => `log of ${read.pod}: ${line}`),
      unread !== undefined && `not read: log of ${read.pod}: ${unread}`,
    ],
    cause: causeText(account, broken),
    fixes: [...fixes(view, account, broken)],
    because: [causeOf({ ...object.metadata, kind: object.kind }, 'chaos/')],
    explains: refused.length > 0 ? crashes(account) : [],
  };
}

/** A program that lacks permissions may crash, or never become ready. */
const crashes = ({ top }: Account): Cause[] =>
  ['pod/crash-loop', 'pod/probe', 'pod/init-stuck'].map(rule => causeOf(top.ref, rule));

function causeText({ name, namespace }: Account, { is, role, wrong }: Broken): string {
  const account = `ServiceAccount ${namespace}/${name}`;
  if (is === 'role missing')
    return `${role.kind} ${role.name} was deleted or renamed: its binding grants ${account} nothing.`;
  if (is === 'role empty')
    return `The rules of ${role.kind} ${role.name} were removed: the role grants ${account} nothing.`;
  if (is === 'subjects empty')
    return `The subjects of the binding were removed: ${account} no longer has ${role.kind} ${role.name}.`;
  return `The binding grants ${role.kind} ${role.name} to ${wrong}, not to ${account}.`;
}

function* fixes(view: ClusterView, account: Account, { is, object, role }: Broken): Iterable<FixDraft> {
  if (is === 'subjects empty' || is === 'wrong subject') {
    const subject = { kind: 'ServiceAccount', name: account.name, namespace: account.namespace };
    yield {
      text: `Restore the subject of the binding: ServiceAccount ${account.namespace}/${account.name}.`,
      command: patchCommand(view, named(refOf(object)), 'merge', { subjects: [subject] }),
    };
    return;
  }
  yield {
    text: `Create ${role.kind} ${role.name} again with its rules, from Git or the chart that installed ${account.top.ref.name}.`,
    command: command(view, ['kubectl', 'get', ...named(refOf(object)), '-o', 'yaml']),
  };
}

/** For an account whose requests are forbidden and that has no broken binding: the binding itself is missing. */
function unbound({ view }: RuleInput, { account, read }: Suspect, refused: readonly Refused[]): FindingDraft {
  const { verb, resource } = refused[0] as Refused;
  return {
    severity: 'high',
    object: account.top.object ?? account.top.ref,
    summary: `RBAC: forbidden to ${verb} ${resource}: no role binding grants service account ${account.name} that permission`,
    since: sinceTime(undefined, condition(account.pod, 'Ready')?.since ?? created(account.pod)),
    evidence: refused.slice(0, 4).map(({ line }) => `log of ${read.pod}: ${line}`),
    cause: `No ClusterRoleBinding or RoleBinding names ${who(account)} for this: it was deleted, or never created.`,
    fixes: [
      {
        text: `Bind the role of ${account.top.ref.name} to its service account again, from Git or the chart (kubectl create clusterrolebinding).`,
        command: command(view, ['kubectl', 'auth', 'can-i', '--list', `--as=${who(account)}`]),
      },
    ],
    explains: crashes(account),
  };
}
