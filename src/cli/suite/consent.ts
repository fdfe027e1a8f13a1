import type { LoadedExperiment } from '../../experiment/types.ts';
import { counted } from '../../text/counted.ts';
import { ask, canAsk } from '../confirm.ts';
import type { Answers } from '../consent.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { printNoticeItem } from '../output/notice.ts';

/** Asks once for the whole suite, before it begins: for a yes where experiments are dangerous, or for the name of a protected context. Throws when the answer is no. */
export async function askSuiteConsent(
  all: readonly LoadedExperiment[],
  { yes, confirm }: Answers,
  protectedContext: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const count = counted(all.length, 'experiment');
  if (protectedContext !== undefined) {
    if (confirm === protectedContext) return;
    if (!canAsk())
      throw new CommandFailure(
        `the suite runs ${count} in the protected context ${protectedContext}: expected --confirm ${protectedContext} where nobody can be asked; nothing was injected`,
      );
    const question = `The suite runs ${count} in the protected context ${protectedContext}. Type its name to begin:`;
    if (!(await ask(question, protectedContext, signal))) refused();
    return;
  }
  const dangerous = all.filter(({ experiment }) => experiment.spec.injection.dangerLevel === 'high');
  if (dangerous.length === 0 || yes) return;
  const names = dangerous.map(({ experiment }) => `${experiment.metadata.name} (${experiment.spec.injection.type})`);
  if (!canAsk())
    throw new CommandFailure(
      `${dangerous.length} of ${count} are of danger high (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}): expected --yes where nobody can be asked; nothing was injected`,
    );
  for (const name of names) printNoticeItem(`  danger high: ${name}`);
  if (!(await ask(`${dangerous.length} of ${count} are of danger high. Run the suite? (yes/no)`, 'yes', signal)))
    refused();
}

function refused(): never {
  throw new CommandFailure('the suite was not begun, the answer was no', EXIT.aborted);
}
