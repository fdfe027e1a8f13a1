import { describe, expect, test } from 'vitest';
import { DIVERGED, post, REVERTED, UNREACHABLE } from './support/post.ts';

describe('an owner that died', () => {
  test('is replaced at the TTL, to the millisecond, and then the guardian ends', async () => {
    const it = post();
    it.announce('r1', 5_000);
    expect(it.said).toEqual([{ is: 'yes', n: 1 }]);
    await it.at(1_234);
    it.guardian.ownerGone();
    await it.at(4_999);
    expect(it.reverts).toEqual([]);
    expect(it.isOver()).toBe(false);
    await it.guardian.over;
    expect(it.reverts).toEqual([{ run: 'r1', at: 5_000, written: ['settings'] }]);
    expect(it.ends).toEqual([{ run: 'r1', end: 'reverted' }]);
    expect(it.readied).toEqual([{ run: 'r1', at: 4_500 }]);
  });

  test('is replaced at once where that is configured', async () => {
    const it = post({ atOnce: true });
    it.announce('r1', 3_600_000);
    await it.at(700);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts[0]?.at).toBe(700);
  });

  test('after its time was up is replaced at once', async () => {
    const it = post();
    it.announce('r1', 5_000);
    await it.at(5_200);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts[0]?.at).toBe(5_200);
  });

  test('in the middle of reverting is replaced at once, long before the TTL', async () => {
    const it = post();
    it.announce('r1', 60_000);
    await it.at(100);
    it.guardian.receive({ is: 'revert', n: 2, run: 'r1' });
    await it.at(200);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts).toHaveLength(1);
    expect(it.reverts[0]?.at).toBe(200);
  });

  test.each([1, null])('that had given up with %s left is replaced once it is gone, not before', async residue => {
    const it = post();
    it.announce('r1', 5_000);
    await it.at(1_000);
    it.guardian.receive({ is: 'over', run: 'r1', residue });
    await it.at(50_000);
    expect(it.reverts).toEqual([]);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts[0]?.at).toBe(50_000);
  });

  test('with many runs is replaced at the TTL of each, with all that each wrote', async () => {
    const it = post();
    for (let i = 0; i < 100; i += 1) it.announce(`r${i}`, 1_000 + i * 10);
    it.announce('r7', 900, { name: 'backup' });
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts.map(revert => revert.at)).toEqual(Array.from({ length: 100 }, (_, i) => 1_000 + i * 10));
    expect(it.reverts[7]).toEqual({ run: 'r7', at: 1_070, written: ['settings', 'backup'] });
  });

  test('without anything to guard is the end of it', async () => {
    const it = post();
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts).toEqual([]);
  });
});

describe('an owner that lives', () => {
  test('and reverts by itself is never raced', async () => {
    const it = post();
    it.announce('r1', 5_000);
    await it.at(5_001);
    it.guardian.receive({ is: 'revert', n: 2, run: 'r1' });
    for (let second = 15; second < 90; second += 1) {
      await it.at(second * 1_000 + 500);
      it.guardian.receive({ is: 'here' });
    }
    expect(it.said.filter(one => one.is !== 'there?')).toEqual([
      { is: 'yes', n: 1 },
      { is: 'yes', n: 2 },
    ]);
    it.guardian.receive({ is: 'over', run: 'r1', residue: 0 });
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts).toEqual([]);
  });

  test('and answers is trusted, however late it is', async () => {
    const it = post();
    it.announce('r1', 1_000);
    for (let second = 3; second < 20; second += 1) {
      await it.at(second * 1_000);
      it.guardian.receive({ is: 'here' });
    }
    expect(it.said).toContainEqual({ is: 'there?' });
    expect(it.reverts).toEqual([]);
    it.guardian.receive({ is: 'over', run: 'r1', residue: 0 });
    it.clock.stop();
  });

  test('but is suspended is replaced at the TTL, to the millisecond, and must wait once it goes on', async () => {
    const it = post();
    it.announce('r1', 5_000);
    it.announce('r2', 60_000);
    await it.at(1_000);
    it.guardian.receive({ is: 'suspended', n: 7 });
    expect(it.said.at(-1)).toEqual({ is: 'yes', n: 7 });
    await it.at(5_500);
    expect(it.reverts.map(revert => [revert.run, revert.at])).toEqual([['r1', 5_000]]);
    it.guardian.receive({ is: 'resumed' });
    it.guardian.receive({ is: 'over', run: 'r1', residue: 0 });
    it.guardian.receive({ is: 'revert', n: 8, run: 'r2' });
    await it.at(61_000);
    expect(it.said.at(-1)).toEqual({ is: 'yes', n: 8 });
    it.guardian.receive({ is: 'over', run: 'r2', residue: 0 });
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts).toHaveLength(1);
  });

  test('but is stopped just after it said that it reverts is replaced all the same', async () => {
    const it = post();
    it.announce('r1', 5_000);
    await it.at(4_500);
    it.guardian.receive({ is: 'revert', n: 2, run: 'r1' });
    await it.at(14_900);
    expect(it.reverts).toEqual([]);
    await it.at(18_100);
    expect(it.reverts.map(revert => revert.at)).toEqual([18_000]);
    it.guardian.receive({ is: 'over', run: 'r1', residue: 0 });
    it.guardian.ownerGone();
    await it.guardian.over;
  });

  test('but is stopped is replaced after its TTL, may write nothing more, and must wait for what is being reverted', async () => {
    const it = post({
      revert: async (_guarded, _tries, clock) => {
        await clock.sleep(4_000);
        return REVERTED;
      },
    });
    it.announce('r1', 2_000);
    await it.at(6_500);
    expect(it.reverts.map(revert => revert.at)).toEqual([6_000]);
    it.announce('r1', 100, { name: 'second', n: 2 });
    it.guardian.receive({ is: 'revert', n: 3, run: 'r1' });
    expect(it.said.at(-1)).toMatchObject({ is: 'no', n: 2 });
    await it.at(9_900);
    expect(it.said.at(-1)).toMatchObject({ n: 2 });
    await it.at(10_100);
    expect(it.said.at(-1)).toEqual({ is: 'yes', n: 3 });
    it.guardian.receive({ is: 'over', run: 'r1', residue: 0 });
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts).toHaveLength(1);
  });
});

describe('a revert that does not work', () => {
  test('is tried again, with growing pauses, until the server is back', async () => {
    const it = post({ revert: (_guarded, _tries, clock) => (clock.monotonic() < 600_000 ? UNREACHABLE : REVERTED) });
    it.announce('r1', 1_000);
    it.guardian.ownerGone();
    await it.guardian.over;
    const pauses = it.reverts.slice(1).map((revert, i) => revert.at - (it.reverts[i]?.at ?? 0));
    expect(pauses.slice(0, 4)).toEqual([100, 200, 400, 800]);
    expect(Math.max(...pauses)).toBe(5_000);
    expect(it.ends).toEqual([{ run: 'r1', end: 'reverted' }]);
    expect(it.reverts.at(-1)?.at).toBeGreaterThanOrEqual(600_000);
  });

  test('and breaks is tried again', async () => {
    const it = post({ revert: (_guarded, tries) => (tries < 3 ? Promise.reject(new Error('bug')) : REVERTED) });
    it.announce('r1', 1_000);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.ends).toEqual([{ run: 'r1', end: 'reverted' }]);
    expect(it.logged).toContainEqual(expect.objectContaining({ event: 'tried', broken: 'bug' }));
  });

  test('because somebody changed the value since is left to a person', async () => {
    const it = post({ revert: () => DIVERGED });
    it.announce('r1', 1_000);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.reverts).toHaveLength(1);
    expect(it.ends).toEqual([{ run: 'r1', end: 'person' }]);
  });

  test('is given up after a day without a cluster', async () => {
    const it = post({ revert: () => UNREACHABLE });
    it.announce('r1', 1_000);
    it.guardian.ownerGone();
    await it.guardian.over;
    expect(it.ends).toEqual([{ run: 'r1', end: 'given-up' }]);
    expect(it.reverts.at(-1)?.at).toBeGreaterThan(23 * 3_600_000);
  });
});

describe('time', () => {
  test('that the machine slept through counts: the server knows it', async () => {
    let slept = 0;
    const it = post({ slept: () => slept });
    it.announce('r1', 600_000);
    it.guardian.ownerGone();
    await it.at(10_000);
    slept = 595_000;
    await it.guardian.over;
    expect(it.reverts[0]?.at).toBeLessThanOrEqual(12_000);
  });

  test('that somebody turned back does not count', async () => {
    let slept = 0;
    const it = post({ slept: () => slept });
    it.announce('r1', 60_000);
    it.guardian.ownerGone();
    await it.at(10_000);
    slept = -3_600_000;
    await it.guardian.over;
    expect(it.reverts[0]?.at).toBe(60_000);
  });
});

test('told to end while the cluster does not answer, it tries for ten seconds, then says what it leaves, and ends', async () => {
  const it = post({ revert: () => UNREACHABLE });
  it.announce('r1', 5_000);
  it.guardian.ownerGone();
  await it.at(600_000);
  expect(it.isOver()).toBe(false);
  const tried = it.reverts.length;
  it.guardian.hurry();
  await it.guardian.over;
  expect(it.reverts.length).toBeGreaterThan(tried);
  expect(it.reverts.at(-1)?.at).toBe(610_000);
  expect(it.ends).toEqual([{ run: 'r1', end: 'told-to-end' }]);
  expect(it.logged).toContainEqual({
    event: 'told-to-end',
    run: 'r1',
    mayBeLeft: ['ConfigMap shop/settings'],
    advice: 'mayday revert --all',
  });
});

test('told to end, it finishes the attempt that has begun', async () => {
  const it = post({
    revert: async (_, __, clock) => {
      await clock.sleep(25_000);
      return REVERTED;
    },
  });
  it.announce('r1', 5_000);
  it.guardian.ownerGone();
  await it.at(6_000);
  it.guardian.hurry();
  await it.guardian.over;
  expect(it.ends).toEqual([{ run: 'r1', end: 'reverted' }]);
});

test('told to end, it reverts at once what is nobody else’s', async () => {
  const it = post();
  it.announce('r1', 60_000);
  await it.at(1_000);
  it.guardian.hurry();
  await it.at(2_000);
  expect(it.reverts).toEqual([]);
  it.guardian.ownerGone();
  await it.guardian.over;
  expect(it.reverts[0]?.at).toBe(2_000);
});
