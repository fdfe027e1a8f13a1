import { expect, test } from 'vitest';
import { createDeadlines } from '../../../../src/kube/client/http/deadlines.ts';
import { fakeClock } from '../../../support/fake-clock.ts';

/** Deadlines on a clock of which it is known how many sleep on it. */
function counted() {
  const clock = fakeClock();
  let asleep = 0;
  const deadlines = createDeadlines({
    now: clock.now,
    monotonic: clock.monotonic,
    sleep: (ms, signal) => {
      asleep += 1;
      return clock.sleep(ms, signal).finally(() => {
        asleep -= 1;
      });
    },
  });
  return { clock, deadlines, asleep: () => asleep };
}

test('each comes at its own time, whichever was set first', async () => {
  const { clock, deadlines } = counted();
  const began = clock.monotonic();
  const came: string[] = [];
  const note = (name: string) => () => came.push(`${name} at ${clock.monotonic() - began}`);
  deadlines.add(300, note('long'));
  deadlines.add(100, note('short'));
  deadlines.add(200, note('middle'));
  deadlines.add(100, note('short too'));
  await clock.sleep(1_000);
  expect(came).toEqual(['short at 100', 'short too at 100', 'middle at 200', 'long at 300']);
});

test('one that was met in time never comes, and those after it still do', async () => {
  const { clock, deadlines } = counted();
  const came: string[] = [];
  const met = deadlines.add(100, () => came.push('met'));
  deadlines.add(200, () => came.push('missed'));
  await clock.sleep(50);
  met();
  await clock.sleep(1_000);
  expect(came).toEqual(['missed']);
});

test('nothing sleeps when there is none left, and one sleep is enough for many', async () => {
  const { deadlines, asleep } = counted();
  const met = [100, 200, 50, 300].map(ms => deadlines.add(ms, () => undefined));
  await new Promise(resolve => setImmediate(resolve));
  expect(asleep()).toBe(1);
  for (const each of met) each();
  await new Promise(resolve => setImmediate(resolve));
  expect(asleep()).toBe(0);
});
