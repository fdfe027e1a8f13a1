import { describe, expect, it } from 'vitest';
import type { SuiteRunOrder } from '../../src/console/session/suite.ts';
import type { FinishedRun } from '../../src/engine/recorded-run.ts';
import { SUITE_DEFAULTS } from '../../src/suite/defaults.ts';
import { suiteEntries } from '../../src/suite/order.ts';
import { runSuite } from '../../src/suite/run-suite.ts';
import { experiment, type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

const DOWN = '\u001b[B';
const ESC = '\u001b';

/** Suites that the real order and gate decide, with runs that last until they are stopped or `lastsMs` are over. */
function suiteOf(play: Script, { lastsMs = 5_000, ready = true } = {}) {
  const begun: string[] = [];
  const runs = async (order: SuiteRunOrder) => {
    const result = await runSuite(
      {
        run: (loaded, options) =>
          order.run(loaded, options.emit, async added => {
            const { name } = loaded.experiment.metadata;
            begun.push(name);
            const run = `run-${name}`;
            added.emit({ event: 'phase', phase: 'Observing', at: play.serverNow(), run });
            const cut = AbortSignal.any([added.signal, ...(options.signal ? [options.signal] : [])]);
            const interrupted = await play.clock.sleep(lastsMs, cut).then(
              () => undefined,
              () => 'stopped',
            );
            const end = {
              verdict: interrupted === undefined ? 'Resilient' : 'Inconclusive',
              reasons: [],
              residue: 0,
              restoredBy: 'mayday',
              timings: {},
              compat: { verdict: 'Resilient', why: '' },
              selfHealed: false,
            } as const;
            added.emit({ event: 'verdict', ...end, at: play.serverNow(), run } as never);
            return { result: { run, ...end, ...(interrupted && { interrupted }) } } as unknown as FinishedRun;
          }),
        ready: async () => (ready ? { state: 'ready' } : { state: 'wait', says: 'the shop is not steady' }),
        clock: play.clock,
        now: play.serverNow,
        journal: { append: async () => undefined, close: async () => undefined },
        emit: order.onEvent,
      },
      { suite: 'suite-1', entries: suiteEntries(order.all), settings: SUITE_DEFAULTS, signal: order.signal },
    );
    return { suite: result.suite, exitCode: result.exitCode, says: result.says, isWhole: result.notRun.size === 0 };
  };
  return { begun, runs };
}

/** The catalogue with `count` experiments marked, as the suite's screen shows them. */
async function marked(play: Script, count: number): Promise<Stage> {
  const screen = stage(play, { columns: 120, rows: 40 });
  await screen.waitFor('data LIVE');
  await screen.press('3', 'S suite of marked ones');
  for (let nth = 1; nth <= count; nth++) {
    await screen.press(' ', `${nth} of 3 marked`);
    await screen.press(DOWN, new RegExp(`^▸${['early', 'other', 'other'][nth - 1]}`, 'm'));
  }
  screen.send('S');
  await screen.waitFor(
    now => /^SUITE /m.test(now) && now.includes(`${count} ${count === 1 ? 'experiment' : 'experiments'}`),
  );
  return screen;
}

async function fire(screen: Stage): Promise<void> {
  await screen.press('a', 'ARMED');
  screen.send('f');
}

/** A suite of two experiments whose first is in, and lasts. */
async function underWay(): Promise<{ screen: Stage; begun: string[] }> {
  const play = shop();
  const { begun, runs } = suiteOf(play, { lastsMs: 600_000 });
  play.runSuite = runs;
  const screen = await marked(play, 2);
  await fire(screen);
  await screen.waitFor('1 running, 1 waiting');
  return { screen, begun };
}

function shop(options: Partial<Script> = {}) {
  const catalogue = [
    experiment('late', { danger: 'low' }),
    experiment('early', { danger: 'low' }),
    experiment('other', { danger: 'high' }),
  ];
  for (const [i, tier] of [3, 1, 2].entries()) (catalogue[i] as (typeof catalogue)[0]).experiment.spec.tier = tier;
  return script({ catalogue, ...options });
}

describe('a suite of the marked experiments', () => {
  it('shows them in their order, begins nothing before it is fired, and runs them one after the other', async () => {
    const play = shop();
    const { begun, runs } = suiteOf(play);
    play.runSuite = runs;
    const screen = await marked(play, 2);
    expect(screen.screen()).toMatch(/early[\s\S]*late/);
    await screen.press('f', 'not armed: a arms');
    await screen.press('a', /ARMED .* on 2 experiments .*FIRE \(10s\)/);
    expect(begun).toEqual([]);
    await screen.press('f', '1 running, 1 waiting');
    expect(begun).toEqual(['early']);
    await screen.waitFor('suite suite-1: all done, exit code 0');
    expect(begun).toEqual(['early', 'late']);
    expect(screen.screen()).toMatch(/early +RESILIENT[\s\S]*late +RESILIENT/);
    expect(await screen.end()).toBe(0);
  });

  it('says why there is none where nothing is marked', async () => {
    const screen = stage(shop(), { columns: 120, rows: 40 });
    await screen.waitFor('data LIVE');
    await screen.press('3', 'S suite of marked ones');
    await screen.press('S', 'no experiment is marked: space marks');
  });

  it('asks for the name of a protected context, and lets an arming lapse', async () => {
    const play = shop({ isProtected: true });
    const { begun, runs } = suiteOf(play);
    play.runSuite = runs;
    const screen = await marked(play, 1);
    await screen.press('a', 'PROTECTED: type the cluster name');
    await screen.press('f', 'f_');
    screen.send('\u007f');
    await screen.press(play.context, 'ARMED');
    await play.clock.advance(11_000);
    await screen.waitFor('no longer armed');
    await screen.press('f', 'no longer armed: a arms again');
    expect(begun).toEqual([]);
  });

  it('x reverts what runs and begins nothing more, and says how to go on', async () => {
    const { screen, begun } = await underWay();
    await screen.press(
      'x',
      /ended early: interrupted, exit code 6; `mayday suite --resume suite-1` runs what is missing/,
    );
    expect(begun).toEqual(['early']);
  });

  it('MAYDAY stops the whole suite, not only the run that is in', async () => {
    const { screen, begun } = await underWay();
    await screen.press('!', 'MAYDAY');
    await screen.waitFor('scan complete');
    await screen.press('!', 'REMAIN 0');
    expect(begun).toEqual(['early']);
    await screen.press(ESC, 'ended early: interrupted, exit code 6');
  });

  it('quitting asks while it waits for a steady state, though nothing is in', async () => {
    const play = shop();
    const { begun, runs } = suiteOf(play, { ready: false });
    play.runSuite = runs;
    const screen = await marked(play, 1);
    await fire(screen);
    await screen.waitFor('the shop is not steady');
    await screen.press('q', 'a suite is under way');
    screen.send('r');
    expect(await screen.exit).toBe(6);
    expect(begun).toEqual([]);
  });
});
