import type { Finding } from '../../injection/finding.ts';
import type { Verdict, Word } from './judge.ts';

/** How a receipt says on whose word something was restored that the record alone could not ask for. */
const WORDS: Readonly<Record<Exclude<Word, 'itself'>, string>> = {
  signature: 'its record is signed',
  journal: 'the journal of this machine names it',
  experiment: "the framework's ChaosExperiment names it",
  person: 'confirmed by a person',
  caller: 'trusted on the word of --trust-records',
  'own run': 'written by this run itself',
};

/** `its record is signed`; nothing where nobody's word was needed. */
export const onWhoseWord = ({ by }: Verdict): string[] => (by === undefined || by === 'itself' ? [] : [WORDS[by]]);

/** What the restore would do beyond its own object, and exactly what to type so that it is done. */
export function whatToType({ id }: Pick<Finding, 'id'>, { why, refused }: Verdict): string {
  if (refused !== undefined) return `refused: ${refused}; left as it is`;
  return `needs a person: it ${why.join('; ')}, and only the record asks for it. \`mayday revert '${id}'\` in a terminal shows it and asks; \`--yes --trust-records\` takes the record's word`;
}
