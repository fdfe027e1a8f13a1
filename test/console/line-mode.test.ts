import { PassThrough, Writable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import { startLineMode } from '../../src/console/line-mode/start.ts';
import { isAscii } from '../support/ansi.ts';
import { settle } from '../support/manual-clock.ts';
import { fakeDeps, finding, type Script, script } from './support/fake-session.ts';

/** Somebody who listens: what was said, and answers by number. */
interface Talk {
  said(): string;
  /** What was said since the last answer. */
  heard(): string;
  waitFor(wanted: string | RegExp): Promise<void>;
  answer(text: string): void;
  /** Types the number of the choice with these words in the last menu. */
  choose(words: string): void;
  end(): void;
  words(): string;
  readonly exit: Promise<number>;
}

let open: Talk[] = [];
afterEach(async () => {
  for (const one of open) one.end();
  await Promise.all(open.map(one => one.exit));
  open = [];
});

function talk(play: Script, settings: Partial<ConsoleDeps['settings']> = {}): Talk {
  let [said, words, from] = ['', '', 0];
  let code: number | undefined;
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk);
      done();
    },
  });
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      words += String(chunk);
      done();
    },
  });
  const stdin = new PassThrough();
  const ended = startLineMode(fakeDeps(play, { stdin, stdout, stderr }, settings)).then(given => {
    code = given;
    return given;
  });
  /** Lets time pass until it is so; false when it is not within the longest wait. */
  async function pass(isDone: () => boolean): Promise<boolean> {
    const last = play.clock.monotonic() + 90_000;
    for (;;) {
      await settle(20);
      if (isDone()) return true;
      const [next] = play.clock.sleeping;
      if (next === undefined || play.clock.monotonic() + next > last) return false;
      await play.clock.advance(next);
    }
  }
  const heard = () => said.slice(from);
  const answer = (text: string): void => {
    from = said.length;
    stdin.write(`${text}\n`);
  };
  const made: Talk = {
    said: () => said,
    heard,
    get exit() {
      return pass(() => code !== undefined).then(() => ended);
    },
    words: () => words,
    answer,
    end: () => void stdin.end(),
    choose(wanted) {
      const menu = said.slice(said.lastIndexOf('Menu:'));
      const [, number] =
        menu
          .split('\n')
          .map(text => /^(\d+)\. (.*)$/.exec(text) ?? [])
          .find(([, , text]) => text?.includes(wanted)) ?? [];
      if (number === undefined) throw new Error(`expected ${wanted} in:\n${menu}`);
      answer(number);
    },
    async waitFor(wanted) {
      const isSaid = (): boolean => (typeof wanted === 'string' ? heard().includes(wanted) : wanted.test(heard()));
      if (!(await pass(isSaid))) throw new Error(`expected ${wanted}; heard:\n${heard()}`);
    },
  };
  open.push(made);
  return made;
}

describe('line mode', () => {
  it('says the cluster, the faults and every line of the deck, without a single control character', async () => {
    const one = talk(script());
    await one.waitFor('Number:');
    for (const words of [
      'prod-eu-1',
      'data LIVE',
      'no faults live',
      'Screen: DECK',
      'pods  2  fine',
      'MAYDAY, everywhere',
    ])
      expect(one.said()).toContain(words);
    expect(one.said()).not.toMatch(/[^\P{Cc}\n]/u);
    expect(one.said()).not.toMatch(/─{3}/);
  });

  it('goes from a picked experiment to its verdict, and fires only after a yes', async () => {
    const play = script({ lastsMs: 400 });
    const one = talk(play);
    await one.waitFor('Number:');
    one.choose('experiments');
    await one.waitFor('Screen: EXPERIMENTS');
    await one.waitFor('Number:');
    one.choose('put the cursor on:  ledger-kill'.replace('on:  ', 'on: '));
    await one.waitFor('Number:');
    expect(one.heard()).toContain('PLAN ledger-kill');
    one.choose('arm');
    await one.waitFor('ARMED');
    await one.waitFor('Number:');
    one.choose('FIRE');
    await one.waitFor('This changes the cluster prod-eu-1: FIRE. Type yes to do it');
    one.answer('y');
    await one.waitFor('Not done.');
    await one.waitFor('Number:');
    expect(play.fired).toEqual([]);
    one.choose('FIRE');
    await one.waitFor('Type yes');
    one.answer('yes');
    await one.waitFor('fired at Deployment shop/ledger');
    await one.waitFor(/verdict +.*RESILIENT|RESILIENT/i);
    expect(play.fired).toHaveLength(1);
  });

  it('finds and reverts with ! and a yes, and says how many remain', async () => {
    const play = script({ findings: () => (play.reverted > 0 ? [] : [finding('ledger')]) });
    const one = talk(play);
    await one.waitFor('Number:');
    one.answer('!');
    await one.waitFor('1 injection found');
    await one.waitFor('Number:');
    one.answer('!');
    await one.waitFor('REVERT ALL. Type yes');
    one.answer('yes');
    await one.waitFor(/REMAIN 0/i);
    expect(play.reverted).toBe(1);
  });

  it('reads a finding of triage by its number, and says why a choice does nothing', async () => {
    const one = talk(script());
    await one.waitFor('Number:');
    one.choose('revert this one (not now: no fault to revert)');
    await one.waitFor('Not now: no fault to revert');
    await one.waitFor('Number:');
    one.choose('triage');
    await one.waitFor('Screen: TRIAGE');
    await one.waitFor('Number:');
    one.answer('9999');
    await one.waitFor('"9999" is no number of the menu.');
  });

  it('takes a text where one is asked for, in place of what was typed before', async () => {
    const one = talk(script());
    await one.waitFor('Number:');
    one.choose('go to');
    await one.waitFor('Type the text that is asked for');
    one.answer('drift');
    await one.waitFor('Type the text');
    one.answer('ledger-kill');
    await one.waitFor(':ledger-kill_');
    await one.waitFor('Type the text');
    one.choose('go there');
    await one.waitFor('PLAN ledger-kill');
  });

  it('names the words of the menu where the full screen names keys: a digit is a line of the menu here', async () => {
    const one = talk(script());
    await one.waitFor('Number:');
    expect(one.heard()).toContain('no game-day is under way: "game-day" begins one');
    expect(one.heard()).toContain('"experiments" picks an experiment');
    expect(one.heard()).not.toMatch(/\b[1-9] (begins|says|lists|opens)\b/);
  });

  it('in ASCII says nothing else', async () => {
    const one = talk(script(), { ascii: true });
    await one.waitFor('Number:');
    expect(isAscii(one.said())).toBe(true);
  });

  it('ends with its input: at once where nothing runs, else after its runs are reverted', async () => {
    const idle = talk(script());
    await idle.waitFor('Number:');
    idle.end();
    expect(await idle.exit).toBe(0);
    const play = script();
    const one = talk(play);
    await one.waitFor('Number:');
    one.choose('experiments');
    await one.waitFor('Number:');
    one.choose('arm');
    await one.waitFor('ARMED');
    await one.waitFor('Number:');
    one.choose('FIRE');
    await one.waitFor('Type yes');
    one.answer('yes');
    await one.waitFor('effect');
    one.end();
    expect(await one.exit).toBe(6);
    expect(one.words()).toContain('everything that this console changed is restored');
  });
});
