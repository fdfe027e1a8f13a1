import { shellWord } from '../../text/shell-word.ts';

/** The context of a command; a view has it. */
export interface InContext {
  readonly context: string | undefined;
}

/**
 * A command line to copy, quoted for a POSIX shell and for the cluster that triage examined: `--context` follows the program's name.
 * Pipes and redirections are joined by the caller: `${command(view, [...])} > ${shellWord(file)}`.
 */
export function command({ context }: InContext, words: readonly string[]): string {
  const [program = '', ...rest] = words;
  const contextFlag = context === undefined || context === '' ? [] : ['--context', context];
  return [program, ...contextFlag, ...rest].map(shellWord).join(' ');
}

/** The command of a patch; `what` names the object: `['service', 'web', '-n', 'shop']`. */
export function patchCommand(at: InContext, what: readonly string[], type: 'json' | 'merge', patch: unknown): string {
  return command(at, ['kubectl', 'patch', ...what, `--type=${type}`, '-p', JSON.stringify(patch)]);
}

/** Names an object on a kubectl command line: `['deployment/web', '-n', 'shop']`. Custom kinds get their API group, so that they are not confused with kinds of the same name. */
export function named(object: {
  apiVersion: string;
  kind: string;
  namespace?: string;
  name: string;
}): readonly string[] {
  const kind = object.kind.toLowerCase();
  const group = object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
  const isKubernetesKind = !group.includes('.') || group.endsWith('.k8s.io');
  const what = `${isKubernetesKind ? kind : `${kind}.${group}`}/${object.name}`;
  return object.namespace === undefined ? [what] : [what, '-n', object.namespace];
}
