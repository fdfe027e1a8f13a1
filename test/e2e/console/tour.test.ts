import { afterAll, expect, it } from 'vitest';
import { makeHome } from './home.ts';

const person = makeHome();
afterAll(person.remove);

it('leads a newcomer through break, see, understand and revert at 80x24', async () => {
  const pty = person.open(['tour'], { columns: 80, rows: 24 });
  await pty.waitFor('data LIVE', 60_000);
  await pty.waitFor('TOUR 1/10   BREAK', 30_000);
  const steps: [key: string, then: string][] = [
    ['e', 'PLAN kserve-llm-controller-isolation'],
    ['\r', 'TOUR 3/10'],
    ['a', 'TOUR 4/10'],
    ['f', 'TOUR 6/10   SEE'],
    ['5', 'TOUR 7/10   UNDERSTAND'],
    ['!', 'TOUR 8/10   REVERT'],
  ];
  for (const [key, then] of steps) {
    await pty.press(key, then, 60_000);
  }
  await pty.waitFor('scan complete', 30_000);
  await pty.press('!', 'REMAIN 0', 60_000);
  await pty.waitFor('TOUR 9/10   REVERT', 30_000);
  expect(pty.screen()).toContain('latch ON');
  await pty.press('L', 'TOUR 10/10  DONE', 30_000);
  expect(pty.screen()).not.toContain('latch ON');
  await pty.press('T', 'the tour is over');
  expect(pty.screen()).not.toContain('TOUR ');
});
