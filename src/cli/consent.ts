import type { LoadedExperiment } from '../experiment/types.ts';
import { ask, canAsk } from './confirm.ts';
import { CommandFailure, EXIT } from './failure.ts';

/** What the command line already answers. */
export interface Answers {
  /** --yes: a dangerous injection is wanted. */
  yes: boolean;
  /** --confirm: the protected context by name. */
  confirm?: string;
}

/**
 * High danger needs a confirmation; a protected context needs its name typed. If no one can be asked, `--yes` and
 * `--confirm NAME` say it beforehand. Throws when the answer is no.
 */
export async function askConsent(
  loaded: LoadedExperiment,
  answers: Answers,
  protectedContext: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { metadata, spec } = loaded.experiment;
  const what = `${metadata.name} injects ${spec.injection.type}`;
  if (protectedContext !== undefined) return named(what, answers, protectedContext, signal);
  if (spec.injection.dangerLevel !== 'high' || answers.yes) return;
  if (!canAsk()) {
    throw new CommandFailure(`${what}, danger high: expected --yes where nobody can be asked; nothing was injected`);
  }
  if (!(await ask(`${what}, danger high. Inject? (yes/no)`, 'yes', signal))) refused(metadata.name);
}

async function named(what: string, { confirm }: Answers, context: string, signal: AbortSignal): Promise<void> {
  if (confirm === context) return;
  if (!canAsk()) {
    throw new CommandFailure(
      `${what} into the protected context ${context}: expected --confirm ${context} where nobody can be asked; nothing was injected`,
    );
  }
  if (!(await ask(`${what} into the protected context ${context}. Type its name to inject:`, context, signal)))
    refused(what);
}

function refused(what: string): never {
  throw new CommandFailure(`${what}: not injected, the answer was no`, EXIT.aborted);
}
