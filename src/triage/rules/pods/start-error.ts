import { strings } from '../../../k8s/fields.ts';
import type { Rule } from '../../rule.ts';
import { type Container, containersOf, containerText } from './containers.ts';
import { startFailure } from './exit-code-text.ts';
import { edit, usualFixes } from './fixes.ts';
import { POD_OWNERS } from './owner.ts';
import { howMany, podRef, unreadyPodGroups, unreadyPodsFinding } from './unready-pods.ts';

const REASONS: ReadonlySet<string> = new Set([
  'CreateContainerError',
  'RunContainerError',
  'PostStartHookError',
  'PreStartHookError',
  'StartError',
  'ContainerCannotRun',
]);

/** The reason and message of a container that the runtime cannot start; CrashLoopBackOff may hide them. */
function startError(container: Container): { reason: string; message: string } | undefined {
  const { waiting, ended, last } = container;
  if (waiting && REASONS.has(waiting.reason)) return waiting;
  const run = ended ?? (waiting?.reason === 'CrashLoopBackOff' ? last : undefined);
  return run && REASONS.has(run.reason) ? run : undefined;
}

/** A container that the runtime cannot create or start: its command is not in the image, a mount or a hook fails. */
export const startErrorRule: Rule = {
  id: 'pod/start-error',
  gate: 'G9',
  needs: ['Pod'],
  wants: [...POD_OWNERS, 'Event'],
  about: {
    looksAt:
      'Containers that wait with CreateContainerError, RunContainerError or PostStartHookError, or whose last run ended with StartError.',
    why: 'The image is there, but the container runtime cannot start what the pod asks for.',
    whatToDo:
      'Correct command, args, workingDir, volumeMounts or the lifecycle hook as the message of the runtime says.',
  },
  *look({ view, now }) {
    const groups = unreadyPodGroups({ view, now }, pod => {
      for (const container of containersOf(pod)) {
        const error = startError(container);
        if (error === undefined) continue;
        const hook = view.eventsAbout(podRef(pod)).find(one => one.reason === 'FailedPostStartHook')?.message;
        return { key: `${container.name} ${error.reason}`, problem: { container, ...error, hook } };
      }
      return undefined;
    });
    for (const group of groups) {
      const { container, reason, message, hook } = group.problem;
      const isHook = reason === 'PostStartHookError';
      const shownMessage = isHook ? (hook ?? message) : message;
      const fault = isHook
        ? `its postStart hook fails${shownMessage && `: ${shownMessage.slice(0, 200)}`}`
        : (startFailure(shownMessage) ?? reason);
      const command = [...strings(container.spec.command), ...strings(container.spec.args)].join(' ');
      yield unreadyPodsFinding(group, {
        summary: `${containerText(container)} of ${howMany(group)} cannot be started: ${fault}`,
        evidence: [
          `status of ${containerText(container)}: ${reason}${message && ` "${message}"`}`,
          command !== '' && `command: ${command}`,
          `image: ${container.image}`,
          hook !== undefined && `event FailedPostStartHook: "${hook}"`,
        ],
        cause: isHook
          ? 'The kubelet kills the container each time because its lifecycle.postStart hook fails.'
          : `The container runtime refuses to start ${container.image}: ${fault}.`,
        fixes: [
          edit(
            view,
            group.top,
            isHook
              ? 'Correct lifecycle.postStart, or remove it.'
              : `Correct command, args or mounts of ${containerText(container)}, or use an image that has them.`,
          ),
          ...usualFixes(view, group),
        ],
      });
    }
  },
};
