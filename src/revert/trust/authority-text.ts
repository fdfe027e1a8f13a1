import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Authority, Receipt } from '../../injection/write/receipt.ts';
import { shellWord } from '../../text/shell-word.ts';
import type { Verdict } from './judge.ts';

/** The authority of a restore in words, for restores for which the record alone was not enough. */
const AUTHORITY_TEXTS: Readonly<Record<Exclude<Authority, 'own-object'>, string>> = {
  signed: 'its record is signed',
  journal: 'the journal of this machine names it',
  experiment: "the framework's ChaosExperiment names it",
  person: 'confirmed by a person',
  caller: 'trusted because of --trust-records',
  'own-run': 'injected by this run itself',
};

/** `its record is signed`; empty if the record alone was enough. */
export const authorityText = ({ by }: Verdict): string[] =>
  by === undefined || by === 'own-object' ? [] : [AUTHORITY_TEXTS[by]];

/** What the restore would do beyond its own object, and what to type to confirm it. */
export function howToConfirm({ id }: Pick<FoundInjection, 'id'>, { why, refused, unchecked }: Verdict): string {
  if (refused !== undefined) return `refused: ${refused}; left as it is`;
  const asks =
    unchecked === undefined
      ? 'only the undo record asks for it'
      : `the signature of the undo record could not be checked (${unchecked.why})`;
  return `needs a person: it ${why.join('; ')}, and ${asks}. \`mayday revert ${shellWord(id)}\` in a terminal shows it and asks; \`--yes --trust-records\` trusts the record without asking`;
}

/** The tier and authority of a restore, as members of a step or a receipt; `needs` is set if a person must confirm first. */
export function authorityMembers({
  tier,
  why,
  by,
  refused,
}: Verdict): Pick<Receipt, 'tier' | 'word' | 'needs' | 'why'> {
  const reasons = refused === undefined ? why : [...why, `refused: ${refused}`];
  return {
    tier,
    ...(by === undefined ? {} : { word: by }),
    ...(by === undefined && refused === undefined ? { needs: 'confirmation' as const } : {}),
    ...(reasons.length === 0 ? {} : { why: reasons }),
  };
}

/** The same as text, for a line of a dry run; empty if nothing would be written. */
export function tierAndAuthorityText({
  tier,
  word,
  needs,
  why = [],
}: Pick<Receipt, 'tier' | 'word' | 'needs' | 'why'>): string {
  if (tier === undefined) return '';
  const what = why.length === 0 ? '' : `: it ${why.join('; ')}`;
  if (needs !== undefined) return `tier ${tier}, NEEDS A PERSON${what}`;
  if (word === undefined) return `tier ${tier}, REFUSED${what}`;
  return `tier ${tier}, ${word === 'own-object' ? 'only its own object' : AUTHORITY_TEXTS[word]}${what}`;
}
