import type { ViewObject } from '../../../health/view/cluster-view.ts';
import type { FindingDraft, FixDraft } from '../../finding/build.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { alternativesFor, readsFor } from './config-names.ts';
import { type Container, containersOf, containerText } from './containers.ts';
import { edit, usualFixes } from './fixes.ts';
import { causesOfMissing, createMissing, type MissingConfig, missingConfig, missingText } from './missing-config.ts';
import { POD_OWNERS } from './owner.ts';
import { howMany, podRef, type UnreadyPodGroup, unreadyPodGroups, unreadyPodsFinding } from './unready-pods.ts';

interface BadConfig {
  container: Container;
  message: string;
  missing: MissingConfig | undefined;
}

const groupsOf = (input: Pick<RuleInput, 'view' | 'now'>): UnreadyPodGroup<BadConfig>[] =>
  unreadyPodGroups(input, pod => {
    const container = containersOf(pod).find(one => one.waiting?.reason === 'CreateContainerConfigError');
    if (container === undefined) return undefined;
    const message = container.waiting?.message || newestFailure(input, pod);
    const missing = missingConfig(message);
    const key = missing ? `${missing.kind}/${missing.name}/${missing.key}` : message.replace(/\(pod: .*$/, '');
    return { key: `${container.name} ${key}`, problem: { container, message, missing } };
  });

function newestFailure({ view }: Pick<RuleInput, 'view'>, pod: ViewObject): string {
  const event = view.eventsAbout(podRef(pod)).find(one => one.reason === 'Failed');
  return event?.message.replace(/^Error: /, '') ?? '';
}

/**
 * A container that the kubelet cannot create because of its configuration: a ConfigMap, a Secret or a key is missing,
 * or it would run as root.
 */
export const configError: Rule = {
  id: 'pod/config-error',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['ConfigMap', ...POD_OWNERS, 'Event', 'ExternalSecret', 'Certificate'],
  about: {
    looksAt:
      "Containers that wait with CreateContainerConfigError, the kubelet's message, and the ConfigMaps, Secrets and keys that exist.",
    why: 'The kubelet does not start a container if its environment refers to something that does not exist, or if its security settings forbid it.',
    whatToDo:
      'Create the missing object or key, or correct the name in the workload. The finding names the most similar existing name.',
  },
  *asks(input) {
    for (const { top, problem } of groupsOf(input))
      if (problem.missing) yield* readsFor(top.ref.namespace ?? '', problem.missing);
  },
  *look(input) {
    for (const group of groupsOf(input))
      yield group.problem.missing ? configMissing(input, group, group.problem.missing) : refused(input, group);
  },
};

function configMissing(
  { view, answers }: RuleInput,
  group: UnreadyPodGroup<BadConfig>,
  missing: MissingConfig,
): FindingDraft {
  const { top, problem } = group;
  const namespace = top.ref.namespace ?? '';
  const { kind, name, key } = missing;
  const { near, existing, unread } = alternativesFor(view, answers, namespace, missing);
  return unreadyPodsFinding(group, {
    summary: `${containerText(problem.container)} of ${howMany(group)} cannot be created: ${missingText(missing)}${near ? `; ${near} exists` : ''}`,
    evidence: [
      `status of ${containerText(problem.container)}: waiting CreateContainerConfigError "${problem.message}"`,
      existing.length > 0 &&
        `${key === undefined ? `${kind}s in ${namespace}` : `keys of ${kind} ${namespace}/${name}`}: ${existing.slice(0, 30).join(', ')}`,
      unread !== undefined && `not read: ${unread}`,
    ],
    cause: `The pods of ${top.ref.kind} ${top.ref.name} need ${key === undefined ? `${kind} ${name}` : `key ${key} of ${kind} ${name}`}, which does not exist.${near ? ` The most similar existing ${key === undefined ? 'name' : 'key'} is ${near}.` : ''}`,
    fixes: [...fixes({ view }, group, missing, near), ...usualFixes(view, group)],
    because: [...causesOfMissing(view, namespace, missing)],
  });
}

function* fixes(
  { view }: Pick<RuleInput, 'view'>,
  { top, problem }: UnreadyPodGroup<BadConfig>,
  missing: MissingConfig,
  near: string | undefined,
): Iterable<FixDraft> {
  const { kind, name, key } = missing;
  const namespace = top.ref.namespace ?? '';
  const resource = kind === 'ConfigMap' ? 'configmap' : 'secret';
  if (near !== undefined)
    yield edit(
      view,
      top,
      key === undefined
        ? `Correct the name of the ${kind} in ${containerText(problem.container)}: ${near} exists, ${name} does not.`
        : `Correct the key in ${containerText(problem.container)}: ${kind} ${name} has ${near}, not ${key}.`,
    );
  if (key === undefined)
    yield {
      text: `Create the missing ${kind} ${name} with the keys that the pods expect.`,
      command: createMissing(view, namespace, missing),
    };
  else
    yield {
      text: `Add the missing key ${key} to ${kind} ${name}.`,
      command:
        kind === 'ConfigMap'
          ? patchCommand(view, [resource, name ?? '', '-n', namespace], 'merge', { data: { [key]: 'VALUE' } })
          : command(view, ['kubectl', 'edit', resource, name ?? '', '-n', namespace]),
    };
}

function refused({ view }: RuleInput, group: UnreadyPodGroup<BadConfig>): FindingDraft {
  const { top, problem } = group;
  const isRoot = /runAsNonRoot|non-root policy/.test(problem.message);
  return unreadyPodsFinding(group, {
    summary: `${containerText(problem.container)} of ${howMany(group)} cannot be created: ${isRoot ? 'runAsNonRoot is set and the image runs as root' : problem.message || 'the kubelet does not say why'}`,
    evidence: [
      `status of ${containerText(problem.container)}: waiting CreateContainerConfigError "${problem.message}"`,
    ],
    cause: isRoot
      ? `securityContext.runAsNonRoot forbids running the image as root, or as a user that is given only by name: ${problem.message}`
      : problem.message,
    fixes: [
      isRoot
        ? edit(
            view,
            top,
            `Set securityContext.runAsUser to a numeric user of the image, or build the image with a numeric USER.`,
          )
        : edit(view, top, `Correct the configuration of ${containerText(problem.container)}.`),
      ...usualFixes(view, group),
    ],
  });
}
