import { fields, list, text } from '../../../k8s/fields.ts';
import type { FixDraft } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { RuleInput } from '../../rule.ts';
import { type Container, containerText } from './containers.ts';
import type { Crash, CrashExplanation } from './crash-explanation.ts';
import { edit, rollBack } from './fixes.ts';
import type { UnreadyPodGroup } from './unready-pods.ts';

/** The ConfigMaps that the container takes its environment from: an injection on them may explain the crash. */
export const configMapsOf = (container: Container, namespace: string | undefined) =>
  list(container.spec.envFrom).flatMap(one => {
    const name = text(fields(one.configMapRef).name);
    return name ? [{ kind: 'ConfigMap', name, ...(namespace && { namespace }) }] : [];
  });

/** What to do about a crash, the most likely fix first. */
export function* fixes(
  { view }: RuleInput,
  { top, problem }: UnreadyPodGroup<Crash>,
  { oom, byProbe, limit, hint }: CrashExplanation,
): Iterable<FixDraft> {
  const { container, read } = problem;
  const canSet = ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob'].includes(top.ref.kind);
  if (oom)
    yield canSet
      ? {
          text: `Raise the memory limit of ${containerText(container)}${limit && ` above ${limit}`}, or fix the leak.`,
          command: command(view, [
            'kubectl',
            'set',
            'resources',
            ...named(top.ref),
            `--containers=${container.name}`,
            `--limits=memory=${doubled(limit)}`,
          ]),
        }
      : edit(view, top, `Raise the memory limit of ${containerText(container)}${limit && ` above ${limit}`}.`);
  if (byProbe)
    yield edit(
      view,
      top,
      `Correct the probe of ${containerText(container)}: its port, path, timeout or initialDelaySeconds; a startupProbe gives a slow program time to start.`,
    );
  if (!oom && !byProbe)
    yield edit(
      view,
      top,
      hint
        ? `Fix what the log names: ${hint.means}.`
        : `Correct the command, the configuration or the image of ${containerText(container)}.`,
    );
  const back = rollBack(view, top);
  if (back) yield back;
  yield {
    text: 'Read more of the log of the run that crashed.',
    command: command(view, [
      'kubectl',
      'logs',
      read.pod,
      '-n',
      read.namespace,
      '-c',
      read.container,
      ...(read.previous ? ['--previous'] : []),
      '--tail=100',
    ]),
  };
}

/** `256Mi` → `512Mi`; a default amount when it cannot be parsed. */
function doubled(limit: string): string {
  const found = /^(\d+)([A-Za-z]*)$/.exec(limit);
  return found ? `${Number(found[1]) * 2}${found[2]}` : '512Mi';
}
