import type { FixReceipt } from '../../records/fix-record.ts';
import { nameText } from '../../triage/report/about.ts';
import type { Invocation } from '../command.ts';
import { ask, canAsk } from '../confirm.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';

/** The receipt of a fix, as lines for people. */
export function receiptLines({ outcome, message, object, saved, undo, verified }: FixReceipt): string[] {
  const words = { done: 'done', 'not done': 'NOT DONE', unknown: 'NOT KNOWN whether done' }[outcome];
  return [
    `${words}${verified ? ', read back' : ''}: ${nameText(object)}: ${message}`,
    ...(saved === undefined ? [] : [`saved in ${saved}: mayday fix --put-back ${saved}`]),
    ...(outcome === 'not done' ? [] : [`undo: ${undo}`]),
  ];
}

/** The exit code of a fix: 0 done and verified, 4 not done, 7 not known. */
export function receiptExit({ outcome }: FixReceipt): ExitCode {
  if (outcome === 'done') return EXIT.done;
  return outcome === 'unknown' ? EXIT.residue : EXIT.failed;
}

/** Asks before a fix: for the context's name where it is protected, else for a yes. Throws where the answer is no. */
export async function consent({ options }: Invocation, context: string | undefined): Promise<void> {
  const no = (why: string) => new CommandFailure(`${why}; nothing was changed`, EXIT.aborted);
  if (context !== undefined) {
    if (options.confirm === context) return;
    if (!canAsk()) throw new CommandFailure(`expected --confirm ${context}, a protected context; nothing was changed`);
    if (!(await ask(`${context} is protected. Type its name to go on:`, context))) throw no('the answer was no');
    return;
  }
  if (options.yes === true) return;
  if (!canAsk()) throw new CommandFailure('expected --yes where nobody can be asked; nothing was changed');
  if (!(await ask('Do it? (yes/no)', 'yes'))) throw no('the answer was no');
}
