import { requiredAnswer } from '../../../revert/trust/answer.ts';
import { wrapIndented } from '../../../text/wrap.ts';
import { type Line, line, span } from '../../widgets/line.ts';
import type { Question } from './question.ts';

/** Everything that a person must read before the answer, whole: long lines go on in the next row. */
export const questionLines = ({ records }: Question, columns: number): Line[] =>
  records.flatMap(({ lines }, index) =>
    lines.flatMap((text, row) =>
      wrapIndented(numbered(text, index, row), columns).map(part => line(span(part, row === 0 ? 'title' : 'plain'))),
    ),
  );

/** Rows that they take on a screen this wide. */
export const questionHeight = (question: Question, columns: number): number => questionLines(question, columns).length;

/** The first line of each record carries the number by which it is chosen or left out. */
const numbered = (text: string, index: number, row: number): string => (row === 0 ? `[${index + 1}] ${text}` : text);

/** The heading over what is to be read. */
export const questionTitle = ({ is, records }: Question): string =>
  is === 'records' ? `${records.length} FROM AN UNSIGNED RECORD` : `${records.length} TO CHOOSE`;

/** The question, what can be typed, and what was typed so far. */
export function questionRows(question: Question): Line[] {
  return [...(question.is === 'records' ? recordRows(question) : choiceRows(question)), typedRow(question)];
}

const typedRow = ({ typed }: Question): Line => line(span('> ', 'dim'), span(`${typed}_`, 'accent'));

function recordRows({ records }: Extract<Question, { is: 'records' }>): Line[] {
  const word = requiredAnswer(records);
  const [asks, all] =
    records.length === 1
      ? ['An unsigned record asks for this', 'restores it']
      : [`Unsigned records ask for these ${records.length}`, 'restores all'];
  return [
    line(span(`${asks}: read what would be written; type, then enter:`, 'warn')),
    line(
      '  ',
      span(word, 'key'),
      `: ${all}   `,
      ...(records.length === 1 ? [] : [span(`${word} but 1 2`, 'key'), ': all but those   ']),
      span('esc', 'key'),
      ': none',
    ),
  ];
}

const EXAMPLES = ['original 1', 'keep 2', 'original all'];

function choiceRows({ records }: Extract<Question, { is: 'choices' }>): Line[] {
  const isOne = records.length === 1;
  const mayRestore = records.some(({ may }) => may.includes('original'));
  const examples = isOne ? records.flatMap(({ may }) => may) : mayRestore ? EXAMPLES : ['keep 2', 'keep all'];
  const asks = mayRestore
    ? `Somebody may have changed ${isOne ? 'this' : `these ${records.length}`} since: read, choose; type, then enter:`
    : `mayday cannot restore ${isOne ? 'this' : `these ${records.length}`}: read, set it right by hand; type, then enter:`;
  return [
    line(span(asks, 'warn')),
    line(
      '  ',
      ...examples.flatMap(text => [span(text, 'key'), '   ']),
      span('esc', 'key'),
      isOne ? ': leaves it as it is' : ': leaves them as they are',
    ),
  ];
}
