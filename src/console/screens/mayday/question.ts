import type { FoundInjection } from '../../../injection/found-injection.ts';
import type { Receipt } from '../../../injection/write/receipt.ts';
import { type Choice, readChoices } from '../../../revert/restore/choices.ts';
import type { Undecided } from '../../../revert/restore/undecided.ts';
import { readAnswer, requiredAnswer } from '../../../revert/trust/answer.ts';
import type { AskedRecord } from '../../session/revert.ts';

/** A question after a revert: whether to trust undo records that are not signed, or which value to keep where it has changed since. */
export type Question = { typed: string } & (
  | { is: 'records'; records: readonly AskedRecord[] }
  | { is: 'choices'; records: readonly Undecided[] }
);

/** What an answer asks for, by the ids of the findings. */
export interface Answer {
  confirmed: ReadonlyMap<string, string>;
  choices: ReadonlyMap<string, Choice>;
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
  return { confirmed: digestsOf(yes), choices: new Map() };
}

function chosenIn({ records, typed }: Extract<Question, { is: 'choices' }>): Answer | { wrong: string } {
  const chosen = readChoices(
    typed,
    records.map(({ may }) => may),
  );
  if ('wrong' in chosen) return chosen;
  const choices = new Map<string, Choice>();
  for (const [position, choice] of chosen) {
    const id = records[position]?.finding.id;
    if (id !== undefined) choices.set(id, choice);
  }
  // Whoever has read what the original would write, and chose it, has confirmed its record as well.
  return { confirmed: digestsOf(records.filter(({ finding }) => choices.get(finding.id) === 'original')), choices };
}

const digestsOf = (records: readonly { finding: FoundInjection; digest: string }[]): ReadonlyMap<string, string> =>
  new Map(records.map(({ finding, digest }) => [finding.id, digest]));

/** Whether only a person can say what becomes of it. */
export const needsChoice = (finding: FoundInjection, receipt: Receipt | undefined): boolean =>
  receipt?.outcome === 'diverged' ||
  (receipt?.verified === false && (finding.lost ?? finding.unserved ?? finding.unreadable) === true);

/** How many injections wait for a person's word. */
export function waiting(findings: readonly FoundInjection[], receipts: ReadonlyMap<string, Receipt>): number {
  const choices = new Set(findings.filter(one => needsChoice(one, receipts.get(one.id))).map(({ id }) => id));
  return [...receipts.values()].filter(({ id, outcome }) => isLeftToPerson(outcome) || choices.has(id)).length;
}

/** Outcomes that are no failure: a person has the next word. */
export const isLeftToPerson = (outcome: Receipt['outcome']): boolean =>
  outcome === 'unconfirmed' || outcome === 'diverged';
