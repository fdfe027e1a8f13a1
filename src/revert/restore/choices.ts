import type { FoundInjection } from '../../injection/found-injection.ts';

/**
 * What a person chose for one injection that cannot be reverted without a decision. `original`: restore it over the current value. `keep`:
 * keep the current value and remove the marks.
 */
export type Choice = 'original' | 'keep';

/** The choices of a person by the id of the injection. All other injections follow `force` and `stripMarks`. */
export interface Choices {
  choices?: ReadonlyMap<string, Choice>;
}

/** The options for one found injection; a person's choice has precedence. */
export function optionsFor<Options extends Choices & { force?: boolean; stripMarks?: boolean }>(
  { id }: FoundInjection,
  options: Options,
): Options {
  const choice = options.choices?.get(id);
  return choice === undefined ? options : { ...options, force: choice === 'original', stripMarks: choice === 'keep' };
}

/**
 * Parses an answer such as `original 1 3 keep 2` or `keep all`: the choice by the position of the record, from 0; `wrong` says what is
 * missing. `may` are the possible choices of each record; `all` means every record for which the choice is possible.
 */
export function readChoices(
  answer: string,
  may: readonly (readonly Choice[])[],
): ReadonlyMap<number, Choice> | { wrong: string } {
  const chosen = new Map<number, Choice>();
  for (const part of answer.trim().split(/ (?=original|keep)/)) {
    const [choice, ...which] = part.trim().split(/[\s,]+/);
    if (choice !== 'original' && choice !== 'keep') return { wrong: whatToType(may) };
    const positions = positionsOf(which, choice, may);
    if ('wrong' in positions) return positions;
    for (const position of positions) chosen.set(position, choice);
  }
  return chosen.size === 0 ? { wrong: whatToType(may) } : chosen;
}

const whatToType = (may: readonly (readonly Choice[])[]): string =>
  may.some(some => some.includes('original')) ? 'type original or keep first' : 'type keep first';

/** The positions of the records that the words after a choice name. */
function positionsOf(
  which: readonly string[],
  choice: Choice,
  may: readonly (readonly Choice[])[],
): number[] | { wrong: string } {
  if (which.length === 0 && may.length > 1) return { wrong: `type the numbers after ${choice}` };
  if (which.join() === 'all') return may.flatMap((some, position) => (some.includes(choice) ? [position] : []));
  const numbers = which.length === 0 ? [1] : which.map(Number);
  const none = numbers.findIndex(number => !(Number.isInteger(number) && number >= 1 && number <= may.length));
  if (none >= 0) return { wrong: `${which[none]} is none of 1 to ${may.length}` };
  const not = numbers.find(number => may[number - 1]?.includes(choice) !== true);
  if (not !== undefined) return { wrong: `${choice} is not possible for [${not}]` };
  return numbers.map(number => number - 1);
}
