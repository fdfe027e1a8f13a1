import type { LoadedExperiment } from '../experiment/types.ts';
import type { Api } from '../kube/client/api.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isProtected } from '../runtime/settings.ts';
import type { Invocation } from './command.ts';
import { ask, canAsk } from './confirm.ts';
import { CommandFailure, EXIT } from './failure.ts';

/** The answers that the command line gives in advance. */
export interface Answers {
  /** `--yes`: a dangerous injection is wanted. */
  yes: boolean;
  /** `--confirm`: the name of the protected context. */
  confirm?: string;
}

/** The answers of the command line, and the name of the context where it is protected. */
export function answered(
  { options }: Pick<Invocation, 'options'>,
  { identity }: Pick<Api, 'identity'>,
  { config }: Pick<Runtime, 'config'>,
): { answers: Answers; guarded: string | undefined } {
  const { context } = identity;
  const { confirm } = options;
  return {
    answers: { yes: options.yes === true, ...(typeof confirm === 'string' ? { confirm } : {}) },
    guarded: isProtected(context, config.protected) ? context : undefined,
  };
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
