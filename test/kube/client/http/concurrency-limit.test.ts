import { expect, test } from 'vitest';
import { createLoopLoad } from '../../../../src/host/loop-load.ts';
import { createConcurrencyLimit } from '../../../../src/kube/client/http/concurrency-limit.ts';
import { manualClock, settle } from '../../../support/manual-clock.ts';

/** A pace, requests at it by number, and a load that is set. */
function running({ fewest = 2, most = 5 } = {}) {
  const clock = manualClock();
  let share = 1;
  let measurement = 0;
  const load = {
    recent: () => {
      measurement += 1;
      return { share, measurement };
    },
  };
  const pace = createConcurrencyLimit({ fewest, most, load, clock });
  const going: number[] = [];
  const ask = (number: number) => void Promise.resolve(pace.acquire()).then(() => going.push(number));
  const setLoad = (to: number) => {
    share = to;
  };
  return { clock, pace, going, ask, setLoad };
}

test('while the process is busy few requests go at the same time, each of the others when one has ended, in their order', async () => {
  const { clock, pace, going, ask } = running();
  for (const number of [1, 2, 3, 4]) ask(number);
  await clock.advance(1_000);
  expect(going).toEqual([1, 2]);
  pace.release();
  await settle();
  expect(going).toEqual([1, 2, 3]);
  pace.release();
  pace.release();
  await settle();
  expect(going).toEqual([1, 2, 3, 4]);
});

test('while it waits for answers twice as many go at each look, up to the most, though none is answered', async () => {
  const { clock, going, ask, setLoad } = running();
  for (const number of [1, 2, 3, 4, 5, 6, 7]) ask(number);
  await settle();
  setLoad(0);
  await clock.advance(20);
  expect(going).toEqual([1, 2, 3, 4]);
  await clock.advance(1_000);
  expect(going).toEqual([1, 2, 3, 4, 5]);
});

test('what was found to be free stays free once the process is busy again', async () => {
  const { clock, pace, going, ask, setLoad } = running();
  for (const number of [1, 2, 3]) ask(number);
  setLoad(0);
  await clock.advance(20);
  setLoad(1);
  for (let left = 0; left < 3; left++) pace.release();
  for (const number of [4, 5, 6]) ask(number);
  await settle();
  expect(going).toEqual([1, 2, 3, 4, 5, 6]);
});

test('nothing is slept for when nobody waits', async () => {
  const { clock, pace, ask } = running();
  for (const number of [1, 2, 3]) ask(number);
  await settle();
  expect(clock.sleeping).toHaveLength(1);
  for (let left = 0; left < 3; left++) pace.release();
  await clock.advance(20);
  expect(clock.sleeping).toEqual([]);
});

test('one measurement counts once', async () => {
  const clock = manualClock();
  const pace = createConcurrencyLimit({
    fewest: 1,
    most: 5,
    load: { recent: () => ({ share: 0, measurement: 1 }) },
    clock,
  });
  let going = 0;
  for (let request = 0; request < 5; request++) void Promise.resolve(pace.acquire()).then(() => (going += 1));
  await clock.advance(1_000);
  expect(going).toBe(2);
});

test('the load is the busy share since the measurement before, and that of before until there is enough to tell', () => {
  let times = { idle: 0, active: 100 };
  const load = createLoopLoad(() => times);
  expect(load.recent()).toEqual({ share: 1, measurement: 0 });
  times = { idle: 15, active: 105 };
  expect(load.recent()).toEqual({ share: 0.25, measurement: 1 });
  times = { idle: 16, active: 106 };
  expect(load.recent()).toEqual({ share: 0.25, measurement: 1 });
  times = { idle: 15, active: 125 };
  expect(load.recent()).toEqual({ share: 1, measurement: 2 });
});
