import { readAnswer, requiredAnswer } from '../../revert/trust/answer.ts';
import { contentLines } from '../../revert/trust/content.ts';
import { recordDigest } from '../../revert/trust/digest.ts';
import type { Asked } from '../../revert/trust/review.ts';
import { prompted } from '../confirm.ts';
import { page } from '../output/pager.ts';

/** The confirmed restores: the digest of the record by the id of its injection; undefined when nothing is to be reverted. */
export type Confirmed = ReadonlyMap<string, string> | undefined;

/** The question: every restore of the group with everything that it would write. */
function consentLines(asked: readonly Asked[], others: number): string[] {
  return [
    `${asked.length} of these restores would write more than the object that carries the undo record, and nothing besides that record confirms it.`,
    'Somebody who may write such a record, but may not do this, could be using you to do it. Read what would be written:',
    '',
    ...asked.flatMap((one, index) => [`[${index + 1}] ${contentLines(one).join('\n')}`.split('\n'), ['']].flat()),
    ...(others > 0
      ? [`The other ${others} restore only the object that carries the record, or their record is confirmed.`]
      : []),
  ];
}

/** Every restore that would overwrite a later change, with everything that it would write. */
export function forcedLines(forced: readonly Asked[]): string[] {
  return [
    `${forced.length} of these restores would overwrite a value that is not the injected one: somebody may have changed it since. Read what would be written:`,
    '',
    ...forced.flatMap((one, index) => {
      const [first, ...rest] = contentLines(one);
      return [`[${index + 1}] ${first}`, `  ${one.restore.says}`, ...rest, ''];
    }),
  ];
}

/** Shows the group and asks once for all of it. */
export async function confirmRecords(
  asked: readonly Asked[],
  others: number,
  also: readonly string[] = [],
): Promise<Confirmed> {
  if (!(await page(consentLines(asked, others)))) return undefined;
  const confirmWord = requiredAnswer(asked.map(({ verdict }) => verdict));
  const everything = [
    `restore ${asked.length === 1 ? 'it' : `all ${asked.length}`}`,
    ...(others > 0 ? [`revert the other ${others}`] : []),
    ...also,
  ];
  const remaining = everything.slice(1);
  const rest = remaining.length > 0 ? `, \`rest\` to ${remaining.join(' and ')} only` : '';
  const answer = await prompted(
    `type \`${confirmWord}\` to ${everything.join(' and ')}, \`${confirmWord} but 1 2\` to leave some out${rest}; anything else does nothing:`,
  );
  const choice = readAnswer(answer ?? '', asked.length, confirmWord);
  if (choice === undefined) return undefined;
  if (choice === 'rest') return new Map();
  const kept = asked.filter((_, index) => !choice.leave.includes(index + 1));
  return new Map(kept.map(({ finding }) => [finding.id, recordDigest(finding.live)]));
}
