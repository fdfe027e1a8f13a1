import { sanitise } from '../../text/sanitise.ts';
import type { CommandBody } from '../command.ts';
import { EXIT } from '../failure.ts';
import { printUnchanged } from '../output/output.ts';
import { type Candidate, completionOf, type Meaning } from './candidates.ts';
import { valuesOf } from './values.ts';

/** What the shell completes in addition to the candidates, by the numbers that kubectl's completion uses. */
const DIRECTIVES = { files: 0, nothing: 4, folders: 16 } as const;

/**
 * `mayday complete -- WORDS…`: the words that may stand at the cursor, one a line, with a tab before what they mean, where anything says it; then a colon and what
 * the shell is to do. The scripts of `mayday completion` ask it.
 */
export const completeCommand: CommandBody = async ({ args, program, specs = [] }) => {
  if (!program) throw new Error('the command tree was not handed over');
  const words = args[0] as string[];
  const { prefix, options, meaning } = completionOf(program, words, specs);
  const word = words.at(-1) ?? '';
  const candidates = [...options, ...(await candidatesOf(meaning, words))]
    .map(({ value, says = '' }) => ({ value: `${prefix}${value}`, says }))
    .filter(({ value }) => value.startsWith(word) && isPlain(value));
  const lines = candidates.map(({ value, says }) =>
    says === '' ? `${value}\n` : `${value}\t${sanitise(says, 100)}\n`,
  );
  const directive = meaning.is === 'files' || meaning.is === 'folders' ? meaning.is : 'nothing';
  printUnchanged(`${lines.join('')}:${DIRECTIVES[directive]}\n`);
  return EXIT.done;
};

/** A name with characters that a terminal or a shell takes for something else is not offered. */
const isPlain = (value: string): boolean => /^[\w./:@%+,=-]+$/.test(value);

async function candidatesOf(meaning: Meaning, words: readonly string[]): Promise<readonly Candidate[]> {
  if (meaning.is === 'words') return meaning.words.map(value => ({ value }));
  return meaning.is === 'named' ? valuesOf(meaning.name, kubeconfigIn(words)) : [];
}

function kubeconfigIn(words: readonly string[]): string | undefined {
  const at = words.lastIndexOf('--kubeconfig');
  const joined = words.findLast(word => word.startsWith('--kubeconfig='));
  return at >= 0 ? words[at + 1] : joined?.slice('--kubeconfig='.length);
}
