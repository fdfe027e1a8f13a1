import type { FoundInjection } from '../../../injection/found-injection.ts';
import type { Receipt } from '../../../injection/write/receipt.ts';
import type { LeftUnmarked } from '../../../records/unfinished-lines.ts';
import { type Choice, readChoices } from '../../../revert/restore/choices.ts';
import type { Undecided } from '../../../revert/restore/undecided.ts';
import { readAnswer, requiredAnswer } from '../../../revert/trust/answer.ts';
import type { AskedRecord } from '../../session/revert.ts';
import type { MaydayView } from '../../store/state.ts';

/** A question after a revert: whether to trust undo records that are not signed, or which value to keep where it has changed since. */
export type Question = { typed: string } & (
  | { is: 'records'; records: readonly AskedRecord[] }
  | { is: 'choices'; records: readonly ChoiceRecord[] }
);

/** One choice: about an injection that was found, or about a leftover of which no mark and no record is left. */
export type ChoiceRecord = Omit<Undecided, 'finding'> & { id: string } & (
    | { finding: FoundInjection; leftover?: never }
    | { leftover: LeftUnmarked; finding?: never }
  );

/** What an answer asks for, by the ids of the findings. */
export interface Answer {
  confirmed: ReadonlyMap<string, string>;
  choices: ReadonlyMap<string, Choice>;
  /** What lost its marks and is accepted as it is. */
  accepted: readonly LeftUnmarked[];
}

/** What was typed, as an answer; a sentence that says what is missing where it is none yet. */
export function answerOf(question: Question): Answer | { wrong: string } {
  return question.is === 'records' ? yesTo(question) : chosenIn(question);
}

function yesTo({ records, typed }: Extract<Question, { is: 'records' }>): Answer | { wrong: string } {
  const word = requiredAnswer(records);
  const meant = readAnswer(typed, records.length, word);
  if (meant === undefined) return { wrong: `type ${word} first` };
  const leave = meant === 'rest' ? records.map((_, index) => index + 1) : meant.leave;
  const yes = records.filter((_, index) => !leave.includes(index + 1));
  return { confirmed: digestsOf(yes), choices: new Map(), accepted: [] };
}

function chosenIn({ records, typed }: Extract<Question, { is: 'choices' }>): Answer | { wrong: string } {
  const chosen = readChoices(
    typed,
    records.map(({ may }) => may),
  );
  if ('wrong' in chosen) return chosen;
  const choices = new Map<string, Choice>();
  for (const [position, choice] of chosen) {
    const id = records[position]?.id;
    if (id !== undefined) choices.set(id, choice);
  }
  // Whoever has read what the original would write, and chose it, has confirmed its record as well.
  const originals = records.filter(({ id }) => choices.get(id) === 'original');
  return {
    confirmed: digestsOf(originals.flatMap(({ finding, digest }) => (finding ? [{ finding, digest }] : []))),
    choices,
    accepted: records.flatMap(({ id, leftover }) => (leftover && choices.has(id) ? [leftover] : [])),
  };
}

const digestsOf = (records: readonly { finding: FoundInjection; digest: string }[]): ReadonlyMap<string, string> =>
  new Map(records.map(({ finding, digest }) => [finding.id, digest]));

/** Whether only a person can say what becomes of it. */
export const needsChoice = (finding: FoundInjection, receipt: Receipt | undefined): boolean =>
  receipt?.outcome === 'diverged' ||
  (receipt?.verified === false && (finding.lost ?? finding.unserved ?? finding.unreadable) === true);

/** What lost its marks and is not settled yet. */
export const unsettled = ({ unmarked, receipts }: Pick<MaydayView, 'unmarked' | 'receipts'>): LeftUnmarked[] =>
  unmarked.filter(({ id }) => receipts.get(id)?.verified !== true);

/** How many injections wait for a person's word. */
export function waiting(view: Pick<MaydayView, 'findings' | 'receipts' | 'unmarked'>): number {
  const { findings, receipts } = view;
  const choices = new Set(findings.filter(one => needsChoice(one, receipts.get(one.id))).map(({ id }) => id));
  const lost = unsettled(view);
  const some = [...receipts.values()].filter(({ id, outcome }) => isLeftToPerson(outcome) || choices.has(id));
  return lost.length + some.filter(({ id }) => lost.every(one => one.id !== id)).length;
}

/** Outcomes that are no failure: a person has the next word. */
export const isLeftToPerson = (outcome: Receipt['outcome']): boolean =>
  outcome === 'unconfirmed' || outcome === 'diverged';
