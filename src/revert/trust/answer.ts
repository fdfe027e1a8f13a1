/** What an answer means; undefined where it is none of those that were asked for. */
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

/** What must be typed: more where more than ordinary objects of one namespace are written. */
export const wordFor = (asked: readonly { tier: number }[]): string =>
  asked.some(({ tier }) => tier === 3) ? `restore ${asked.length}` : 'yes';
