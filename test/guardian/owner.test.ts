import { describe, expect, test } from 'vitest';
import type { Announcement, Watch } from '../../src/engine/guard.ts';
import type { FromGuardian, FromOwner } from '../../src/guardian/message.ts';
import { type GuardianProcess, ownersGuard } from '../../src/guardian/owner.ts';
import { configRef } from '../run/support/lab.ts';
import { fakeClock } from '../support/fake-clock.ts';

/** Guardian processes that answer as `answer` says; every message that reached one of them, in order. */
function house(answer: (message: FromOwner, process: number) => FromGuardian | undefined = yes) {
  const clock = fakeClock();
  const heard: FromOwner[] = [];
  const processes: { die: () => void; isLetGo: boolean; say: (message: FromGuardian) => void }[] = [];
  let refusal: string | undefined;
  const guard = ownersGuard({
    clock,
    start: async (): Promise<GuardianProcess> => {
      if (refusal !== undefined) throw new Error(refusal);
      const pid = processes.length + 1;
      let die: () => void = () => undefined;
      let listener: (message: FromGuardian) => void = () => undefined;
      const gone = new Promise<void>(resolve => {
        die = resolve;
      });
      const mine = { die, isLetGo: false, say: (message: FromGuardian) => listener(message) };
      processes.push(mine);
      return {
        ready: { is: 'ready', pid, server: 'https://fake', log: '/state/guardian.log' },
        gone,
        onMessage: given => {
          listener = given;
        },
        send: message => {
          heard.push(message);
          const said = answer(message, pid);
          if (said) queueMicrotask(() => listener(said));
        },
        close: () => {
          mine.isLetGo = true;
        },
        waitFor: () => undefined,
      };
    },
  });
  return { guard, clock, heard, processes, refuse };
  function refuse(why: string): void {
    refusal = why;
  }
}
const yes = (message: FromOwner): FromGuardian | undefined =>
  'n' in message ? { is: 'yes', n: message.n } : undefined;
const write = (run: string, dueInMs = 60_000): Announcement => ({
  run,
  type: 'ConfigDrift',
  experiment: 'lab',
  on: configRef,
  dueInMs,
});
const ignore = () => undefined;

describe('the owner’s end', () => {
  test('says that it is being stopped, and whether anybody heard', async () => {
    const it = house();
    await it.guard.begin('a', ignore);
    expect(await it.guard.suspended()).toBe(true);
    it.guard.resumed();
    await it.clock.sleep(1);
    expect(it.heard.map(one => one.is)).toEqual(['suspended', 'resumed']);
    const deaf = house(() => undefined);
    await deaf.guard.begin('a', ignore);
    expect(await deaf.guard.suspended()).toBe(false);
    expect(deaf.clock.monotonic()).toBe(1_000);
    expect(await house().guard.suspended()).toBe(false);
  });

  test('starts one process for all runs, and lets it go after the last', async () => {
    const it = house();
    const watch: Watch = { on: true, pid: 1, log: '/state/guardian.log' };
    expect(await it.guard.begin('a', ignore)).toEqual(watch);
    expect(await it.guard.begin('b', ignore)).toEqual(watch);
    await it.guard.announce(write('a'));
    it.guard.over('a', 0);
    await it.clock.sleep(1);
    expect(it.processes[0]?.isLetGo).toBe(false);
    it.guard.over('b', 0);
    await it.clock.sleep(1);
    expect(it.processes).toHaveLength(1);
    expect(it.processes[0]?.isLetGo).toBe(true);
  });

  test('keeps the process where something was left behind', async () => {
    const it = house();
    await it.guard.begin('a', ignore);
    await it.guard.announce(write('a'));
    it.guard.over('a', 2);
    await it.clock.sleep(1);
    expect(it.heard.at(-1)).toEqual({ is: 'over', run: 'a', residue: 2 });
    expect(it.processes[0]?.isLetGo).toBe(false);
  });

  test('does not send a write that the guardian refuses', async () => {
    const it = house(message => ('n' in message ? { is: 'no', n: message.n, why: 'taken over' } : undefined));
    await it.guard.begin('a', ignore);
    await expect(it.guard.announce(write('a'))).rejects.toThrow('taken over');
  });

  test('answers that it is there', async () => {
    const it = house();
    await it.guard.begin('a', ignore);
    it.processes[0]?.say({ is: 'there?' });
    expect(it.heard.at(-1)).toEqual({ is: 'here' });
  });

  test('never lets a guardian that is stuck hold up an injection or a revert', async () => {
    const it = house(() => undefined);
    await it.guard.begin('a', ignore);
    await it.guard.announce(write('a'));
    await it.guard.reverting('a');
    expect(it.clock.monotonic()).toBeLessThanOrEqual(20_000);
  });

  test('asks nobody before a revert of which nobody knows', async () => {
    const it = house(() => undefined);
    await it.guard.begin('a', ignore);
    await it.guard.reverting('a');
    expect(it.heard).toEqual([]);
  });

  test('says why where there is no guardian, and goes on without', async () => {
    const it = house();
    it.refuse('no room');
    expect(await it.guard.begin('a', ignore)).toEqual({ on: false, why: 'no room' });
    await it.guard.announce(write('a'));
    await it.guard.reverting('a');
    it.guard.over('a', 0);
  });
});

describe('a guardian that dies before its owner', () => {
  test('is replaced, and the next one knows what the first one knew, with the time that is left', async () => {
    const it = house();
    const changes: Watch[] = [];
    await it.guard.begin('a', watch => changes.push(watch));
    await it.guard.announce(write('a', 60_000));
    await it.clock.sleep(20_000);
    it.processes[0]?.die();
    await it.clock.sleep(1);
    expect(changes).toEqual([{ on: true, pid: 2, log: '/state/guardian.log' }]);
    expect(it.heard.at(-1)).toMatchObject({ is: 'guard', run: 'a', dueInMs: 40_000 });
  });

  test('and cannot be replaced is told', async () => {
    const it = house();
    const changes: Watch[] = [];
    await it.guard.begin('a', watch => changes.push(watch));
    await it.guard.announce(write('a'));
    it.refuse('no room');
    it.processes[0]?.die();
    await it.clock.sleep(1);
    expect(changes).toEqual([{ on: false, why: 'no room' }]);
  });

  test('again and again is not replaced for ever', async () => {
    const it = house();
    const changes: Watch[] = [];
    await it.guard.begin('a', watch => changes.push(watch));
    await it.guard.announce(write('a'));
    for (let i = 0; i < 10; i += 1) {
      it.processes.at(-1)?.die();
      await it.clock.sleep(1);
    }
    expect(it.processes.length).toBeLessThan(6);
    expect(changes.at(-1)).toMatchObject({ on: false });
  });
});
