import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { strings } from '../../../k8s/fields.ts';
import { isAtZero, serviceBackends } from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { dnsCauses } from '../services/dns-egress.ts';
import { type Container, containersOf } from './containers.ts';
import { edit, usualFixes } from './fixes.ts';
import { servicesAsCauses, type WaitsFor, waitsFor } from './hosts.ts';
import { logHint } from './log-hints.ts';
import { howMany, podRef, type UnreadyPodGroup, unreadyPodGroups, unreadyPodsFinding } from './unready-pods.ts';

/** An init container that runs for longer than this counts as waiting for something. */
const TOO_LONG = 5 * 60_000;

interface Waiting {
  container: Container;
  hosts: WaitsFor[];
  read: Extract<NamedRead, { is: 'log' }>;
}

const stuck = (input: Pick<RuleInput, 'view' | 'now'>): UnreadyPodGroup<Waiting>[] =>
  unreadyPodGroups(input, pod => {
    const container = containersOf(pod).find(
      one => (one.role === 'init' || (one.role === 'sidecar' && one.started === false)) && one.running,
    );
    const startedAt = container?.running?.startedAt;
    if (
      container === undefined ||
      startedAt === undefined ||
      input.now - startedAt < TOO_LONG ||
      pod.status.phase !== 'Pending'
    )
      return undefined;
    const { namespace, name } = podRef(pod);
    return {
      key: container.name,
      problem: {
        container,
        hosts: waitsFor(input.view, pod, container.spec),
        read: { is: 'log', namespace, pod: name, container: container.name, lines: 8 },
      },
    };
  });

/** An init container that does not end, so that the main containers are not started. */
export const initStuck: Rule = {
  id: 'pod/init-stuck',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['Service', 'Namespace', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'NetworkPolicy'],
  about: {
    looksAt:
      'Init containers that have run for more than five minutes (and native sidecars that have not started), the hosts in their command, and the end of their log.',
    why: 'Main containers start only after all init containers have succeeded. An init container that hangs usually waits for another service.',
    whatToDo: 'Fix the service that the init container waits for, or correct the name of that service in its command.',
  },
  *asks(input) {
    for (const { problem } of stuck(input)) yield problem.read;
  },
  *look(input) {
    const { view, answers } = input;
    for (const group of stuck(input)) {
      const { top, problem } = group;
      const { container, hosts } = problem;
      const log = answers.log(problem.read);
      const hint = log?.ok ? logHint(log.value, top.ref.namespace ?? '') : undefined;
      const near = hosts.find(one => !one.exists && one.near !== undefined);
      const waits = waitText(hosts, hint?.means);
      const atZero = hosts.flatMap(one => serviceBackends(view, one.namespace, one.name).workloads.filter(isAtZero));
      const zeroText = atZero.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).join(', ');
      yield unreadyPodsFinding(group, {
        summary: `init container ${container.name} of ${howMany(group)} ${waits.startsWith('log') ? `does not end; ${waits}` : waits}`,
        evidence: [
          `status of init container ${container.name}: running since ${new Date(container.running?.startedAt ?? 0).toISOString()}`,
          `command: ${[...strings(container.spec.command), ...strings(container.spec.args)].join(' ') || 'that of the image'}`,
          ...(log?.ok ? log.value.map(line => `log: ${line}`) : []),
          log?.ok === false && `not read: log of ${problem.read.pod}: ${log.message}`,
        ],
        cause: `The main containers are not started before init container ${container.name} has ended, and it ${waits.startsWith('log') ? `does not: ${waits}` : waits}.${zeroText && ` Its Service has no pods: ${zeroText} is scaled to 0 replicas.`}`,
        fixes: [
          ...atZero.slice(0, 2).map(one => ({
            text: `Scale ${one.kind} ${one.metadata.namespace}/${one.metadata.name} up again: it is at 0 replicas, and the init container waits for it.${undoneBy(view, one)}`,
            command: command(view, ['kubectl', 'scale', ...named(refOf(one)), '--replicas=1']),
          })),
          near &&
            edit(
              view,
              top,
              `Correct the name in init container ${container.name}: Service ${near.near} exists, ${near.name} does not.`,
            ),
          edit(view, top, `Fix what init container ${container.name} waits for${hint ? `: ${hint.means}` : ''}.`),
          ...usualFixes(view, group),
        ],
        because: [
          ...dnsCauses(view, group.pods),
          ...servicesAsCauses(hosts),
          ...jobsNamed(view, group, answers),
          ...(hint?.because ?? []),
        ],
      });
    }
  },
};

/** The Jobs of the namespace that the command or the log of a container names: many wait for a migration. */
function jobsNamed(
  view: ClusterView,
  { top, problem }: UnreadyPodGroup<Waiting>,
  answers: RuleInput['answers'],
): Cause[] {
  const log = answers.log(problem.read);
  const { spec } = problem.container;
  const words = new Set(
    [...strings(spec.command), ...strings(spec.args), ...(log?.ok ? log.value : [])].flatMap(one =>
      one.split(/[^\w-]+/),
    ),
  );
  return view
    .inNamespace('Job', top.ref.namespace ?? '')
    .filter(({ metadata }) => words.has(metadata.name))
    .map(one => causeOf(refOf(one)));
}

/** What the container waits for: Services that its command names, or else what its log says. */
function waitText(hosts: readonly WaitsFor[], logged: string | undefined): string {
  const missing = hosts.filter(one => !one.exists);
  if (missing.length > 0) return `waits for Service ${missing.map(missingText).join('; ')}`;
  if (hosts.length > 0) return `waits for ${hosts.map(one => `Service ${one.namespace}/${one.name}`).join(', ')}`;
  return logged === undefined ? 'does not end' : `log: ${logged}`;
}

const missingText = ({ namespace, name, near }: WaitsFor): string =>
  `${namespace}/${name}, which does not exist${near ? ` (${near} does)` : ''}`;
