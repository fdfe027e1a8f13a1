import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { counted } from '../../../text/counted.ts';
import { shellWord } from '../../../text/shell-word.ts';
import { claimOf } from '../../facts/claims.ts';
import type { FixDraft } from '../../finding/build.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import { type Hook, hooksIn, hookText } from './hooks.ts';
import { scopeText } from './scope.ts';
import type { UnreachableHook } from './unreachable-hooks.ts';

/** `critical` when the cluster itself needs what is blocked, `high` when anything is blocked, otherwise `warn`. */
export const severityOf = (blocking: readonly UnreachableHook[]): 'critical' | 'high' | 'warn' =>
  blocking.length === 0 ? 'warn' : blocking.some(({ scope }) => scope.critical) ? 'critical' : 'high';

/** Two lines on each webhook: its settings, and what it is called for. */
export const hookEvidence = (hooks: readonly UnreachableHook[]): string[] =>
  hooks.flatMap(({ hook, scope }) => [
    hookText(hook),
    `${hook.name} ${hook.blocking && scope.matchesAnything ? 'blocks' : 'is called for'}: ${scopeText(scope)}`,
  ]);

/** What is blocked, in a sentence, or why nothing is. */
export function blockedText(hooks: readonly UnreachableHook[]): string {
  const blocking = hooks.filter(({ hook, scope }) => hook.blocking && scope.matchesAnything);
  const first = blocking[0];
  if (first !== undefined) {
    const more =
      blocking.length > 1
        ? `, and the requests in the scope of ${counted(blocking.length - 1, 'more webhook')} in it`
        : '';
    return `It is fail-closed and blocks ${scopeText(first.scope)}${more}.`;
  }
  return hooks.every(({ hook }) => !hook.blocking)
    ? 'Its failurePolicy is Ignore: requests are not blocked, but not checked either.'
    : 'It is fail-closed, but nothing in the cluster is within its scope.';
}

/**
 * A fix that sets one webhook to Ignore. It is always possible, as webhook configurations are not subject to
 * admission webhooks.
 */
export function ignoreFix(view: ClusterView, { configuration, index, name }: Hook): FixDraft {
  const patch = [
    { op: 'test', path: `/webhooks/${index}/name`, value: name },
    { op: 'replace', path: `/webhooks/${index}/failurePolicy`, value: 'Ignore' },
  ];
  const claim = claimOf(view, configuration);
  return {
    text: `As a workaround, set failurePolicy of ${name} to Ignore: requests pass unchecked until it is set back to Fail.${claim ? ` ${claim} and may set it to Fail again.` : ''}`,
    command: patchCommand(view, [configuration.kind.toLowerCase(), configuration.metadata.name], 'json', patch),
  };
}

/** A fix that saves a configuration to disk, then deletes it. */
function deleteFix(view: ClusterView, configuration: ViewObject, why: string): FixDraft {
  const what = [configuration.kind.toLowerCase(), configuration.metadata.name];
  const file = `${configuration.metadata.name}.yaml`;
  return {
    text: `Save the webhook configuration, then delete it: ${why}`,
    command: `${command(view, ['kubectl', 'get', ...what, '-o', 'yaml'])} > ${shellWord(file)} && ${command(view, ['kubectl', 'delete', ...what])}`,
    safe: false,
  };
}

/** A fix that removes the unreachable webhooks from a configuration, or deletes it when all of them are unreachable. */
export function removeFix(view: ClusterView, dead: readonly UnreachableHook[], why: string): FixDraft {
  const configuration = (dead[0] as UnreachableHook).hook.configuration;
  if (hooksIn(configuration).length === dead.length) return deleteFix(view, configuration, why);
  const indexes = dead.map(({ hook }) => hook).sort((a, b) => b.index - a.index);
  const patch = indexes.flatMap(({ index, name }) => [
    { op: 'test', path: `/webhooks/${index}/name`, value: name },
    { op: 'remove', path: `/webhooks/${index}` },
  ]);
  return {
    text: `Remove the unreachable webhooks from the configuration (the others in it work): ${why}`,
    command: patchCommand(view, [configuration.kind.toLowerCase(), configuration.metadata.name], 'json', patch),
    safe: false,
  };
}
