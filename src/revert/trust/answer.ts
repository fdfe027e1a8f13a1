/** Parses an answer: `rest`, or the expected word with the numbers to leave out; undefined if it is neither. */
export function readAnswer(answer: string, count: number, word: string): { leave: number[] } | 'rest' | undefined {
  const words = answer.trim().split(/[\s,]+/);
  if (words.join(' ') === 'rest') return 'rest';
  const asked = word.split(' ');
  if (words.slice(0, asked.length).join(' ') !== word) return undefined;
  const [but, ...numbers] = words.slice(asked.length);
  if (but === undefined) return { leave: [] };
  const leave = numbers.map(Number);
  const isMeant = but === 'but' && leave.length > 0 && leave.every(n => Number.isInteger(n) && n >= 1 && n <= count);
  return isMeant ? { leave } : undefined;
}

/** What must be typed: a longer answer if a restore writes more than ordinary objects of one namespace. */
export const requiredAnswer = (asked: readonly { tier: number }[]): string =>
  asked.some(({ tier }) => tier === 3) ? `restore ${asked.length}` : 'yes';
