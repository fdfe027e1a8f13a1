import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Authority, Receipt } from '../../injection/write/receipt.ts';
import type { Verdict } from './judge.ts';

/** How a receipt names the authority of a restore, where the record alone was not enough. */
const WORDS: Readonly<Record<Exclude<Authority, 'own-object'>, string>> = {
  signed: 'its record is signed',
  journal: 'the journal of this machine names it',
  experiment: "the framework's ChaosExperiment names it",
  person: 'confirmed by a person',
  caller: 'trusted on the word of --trust-records',
  'own-run': 'written by this run itself',
};

/** `its record is signed`; empty if the record alone was enough. */
export const onWhoseWord = ({ by }: Verdict): string[] => (by === undefined || by === 'own-object' ? [] : [WORDS[by]]);

/** What the restore would do beyond its own object, and exactly what to type so that it is done. */
export function whatToType({ id }: Pick<FoundInjection, 'id'>, { why, refused, unchecked }: Verdict): string {
  if (refused !== undefined) return `refused: ${refused}; left as it is`;
  const asks =
    unchecked === undefined
      ? 'only the record asks for it'
      : `whether the record is really signed could not be checked (${unchecked.why})`;
  return `needs a person: it ${why.join('; ')}, and ${asks}. \`mayday revert '${id}'\` in a terminal shows it and asks; \`--yes --trust-records\` takes the record's word`;
}

/** How far a restore reaches and on what authority, as members of a step or a receipt; `needs` where a person must say yes to it first. */
export function wordMembers({ tier, why, by, refused }: Verdict): Pick<Receipt, 'tier' | 'word' | 'needs' | 'why'> {
  const reasons = refused === undefined ? why : [...why, `refused: ${refused}`];
  return {
    tier,
    ...(by === undefined ? {} : { word: by }),
    ...(by === undefined && refused === undefined ? { needs: 'confirmation' as const } : {}),
    ...(reasons.length === 0 ? {} : { why: reasons }),
  };
}

/** The same in words, for a line of a dry run; nothing where nothing would be written. */
export function wordText({ tier, word, needs, why = [] }: Pick<Receipt, 'tier' | 'word' | 'needs' | 'why'>): string {
  if (tier === undefined) return '';
  const what = why.length === 0 ? '' : `: it ${why.join('; ')}`;
  if (needs !== undefined) return `tier ${tier}, NEEDS A PERSON${what}`;
  if (word === undefined) return `tier ${tier}, REFUSED${what}`;
  return `tier ${tier}, ${word === 'own-object' ? 'only its own object' : WORDS[word]}${what}`;
}
