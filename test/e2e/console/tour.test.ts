import { afterAll, expect, it } from 'vitest';
import { makeHome } from './home.ts';

const person = makeHome();
afterAll(person.remove);

/** A loaded machine takes several times as long as the steps do. */
const LONG_MS = 60_000;

it.each([
  { how: 'mayday tour', words: ['tour'], columns: 80, rows: 24 },
  { how: 't on the deck of the sandbox', words: ['--sandbox'], columns: 200, rows: 50 },
])('leads a newcomer by $how through break, see, understand and revert at $columns columns', async given => {
  const { words, columns, rows } = given;
  const pty = person.open(words, { columns, rows });
  await pty.waitFor('data LIVE', LONG_MS);
  if (words[0] !== 'tour') pty.send('t');
  await pty.waitFor('TOUR 1/10   BREAK', LONG_MS);
  const steps: [key: string, then: string][] = [
    ['e', 'TOUR 2/10'],
    ['\r', 'TOUR 3/10'],
    ['a', 'TOUR 4/10'],
    ['f', 'TOUR 6/10   SEE'],
    ['5', 'TOUR 7/10   UNDERSTAND'],
    ['!', 'TOUR 8/10   REVERT'],
  ];
  for (const [key, then] of steps) {
    await pty.press(key, then, LONG_MS);
  }
  await pty.waitFor('scan complete', LONG_MS);
  await pty.press('!', 'REMAIN 0', LONG_MS);
  await pty.waitFor('TOUR 9/10   REVERT', LONG_MS);
  expect(pty.screen()).toContain('latch ON');
  await pty.press('L', 'TOUR 10/10  DONE', LONG_MS);
  expect(pty.screen()).not.toContain('latch ON');
  await pty.press('T', 'the tour is over', LONG_MS);
  expect(pty.screen()).not.toContain('TOUR ');
});
