import { describe, expect, it } from 'vitest';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';
import { isAscii, isColoured } from '../support/ansi.ts';
import { fakeSession, finding, preflightFor, type Script, script } from './support/fake-session.ts';
import { deployment } from './support/objects.ts';
import { type Stage, stage } from './support/stage.ts';

const SMALL = { columns: 80, rows: 24 };
const WIDE = { columns: 200, rows: 50 };

function play(
  changes: Partial<Script> = {},
  size = SMALL,
  options: Parameters<typeof stage>[2] = {},
): { at: Stage; script: Script } {
  const made = script(changes);
  const at = stage(made, size, options);
  return { at, script: made };
}

/** From the deck to an armed plan. */
async function arm(at: Stage): Promise<void> {
  await at.waitFor('data LIVE');
  await at.press('e', 'a arms it');
  await at.press('a', 'ARMED');
}

/** From the deck to a fault that is in the cluster. */
async function inject(at: Stage): Promise<void> {
  await arm(at);
  await at.press('f', 'effect proven');
}

/** While a fault is in: to the question of what becomes of it. */
async function askToQuit(at: Stage): Promise<void> {
  await at.press('q', 'nothing will revert it');
}

describe('the first frame', () => {
  it('is there before the cluster, the catalogue and the kubeconfig are', async () => {
    const never = () => new Promise<never>(() => undefined);
    const deps: Partial<ConsoleDeps> = { connect: never, catalogue: never };
    const { at } = play({}, SMALL, { deps, settings: { context: 'prod-eu-1' } });
    await at.waitFor('mayday  prod-eu-1  reading the kubeconfig…');
    expect(at.screen()).toContain('! MAYDAY');
    expect(at.screen()).toContain('pods        waiting');
  });

  it('ends with one line when there is no cluster to speak of', async () => {
    const { at } = play({}, SMALL, {
      deps: { connect: async () => ({ ok: false, message: 'expected context "x", found a, b', exitCode: 2 }) },
    });
    expect(await at.exit).toBe(2);
    expect(at.words()).toBe('mayday: expected context "x", found a, b\n');
  });
});

describe('what a person sees', () => {
  it.each([
    [80, 24],
    [200, 50],
    [60, 16],
    [40, 12],
  ])('fits %i by %i, in colour, without, and in ASCII', async (columns, rows) => {
    for (const settings of [{ color: true }, { color: false }, { color: false, ascii: true }]) {
      const { at } = play({}, { columns, rows }, { settings });
      await at.waitFor(columns < 60 ? /need 60x16, have \d+x\d+ *\nprod-eu-1/ : /pods +2 {2}fine/);
      if (columns < 60) expect(at.screen()).toContain(`have ${columns}x${rows}`);
      expect(at.rows()[columns < 60 ? 1 : 0]).toContain('prod-eu-1');
      expect(at.screen()).toMatch(/! +MAYDAY/);
      for (const row of at.rows()) expect(width(row)).toBeLessThanOrEqual(columns);
      if (columns >= 60) expect(at.rows()[rows - 1]).toContain('q quit');
      expect(isColoured(at.raw())).toBe(settings.color);
      if ('ascii' in settings) expect(isAscii(at.screen())).toBe(true);
    }
  });

  it('follows the window through every size and back, without losing a row', async () => {
    const { at } = play();
    await at.waitFor('data LIVE');
    for (const [columns, rows] of [
      [120, 40],
      [60, 24],
      [200, 50],
      [40, 8],
      [80, 24],
    ] as const) {
      at.resize(columns, rows);
      const isWhole = (screen: string): boolean => {
        const lines = screen.split('\n');
        const names = ['nodes', 'pods', 'deploys', 'endpoints', 'webhooks', 'CRDs', 'leases'];
        return (
          /^mayday {2}prod-eu-1/.test(screen) &&
          lines[rows - 1]?.startsWith('e experiments') === true &&
          names.every(name => screen.includes(` ${name} `))
        );
      };
      await at.waitFor(columns < 60 ? `have ${columns}x${rows}` : isWhole);
    }
  });

  it('shows picker and plan beside the deck on a wide screen', async () => {
    const { at } = play({}, WIDE);
    await at.waitFor('a arms it');
    const row = at.rows().find(line => line.includes('EXPERIMENTS'));
    expect(row).toMatch(/^HEALTH .* FAULTS .* EXPERIMENTS/);
    expect(at.screen()).toContain('image ledger:4.1 → registry.invalid/nonexistent:chaos');
  });

  it('cannot be painted by a name from the cluster', async () => {
    const evil = deployment('x\u001b[2J\u001b]52;c;aGk=\u0007\u202e', { available: false });
    const { at, script: made } = play();
    made.feed.put(evil);
    await at.waitFor('0 of 1 available');
    expect(at.screen()).toContain('HEALTH');
    expect(at.raw()).not.toContain('\u001b]52');
    expect(at.raw()).not.toContain('\u202e');
  });
});

describe('arm, then fire', () => {
  it('goes from pick to verdict, with both clocks running', async () => {
    const { at, script: made } = play({ lastsMs: 400 });
    await arm(at);
    expect(at.screen()).toContain('ARMED  on uid 31bd7c00 version 6101');
    await at.press('f', /TTL +[45]:\d\d ━+.*this console/);
    await at.waitFor(/heal +0:\d\d of 3:00/);
    await at.waitFor('✓ effect proven');
    expect(at.rows()[1]).toMatch(/► 1 fault live {3}next TTL [45]:\d\d ImageCorrupt/);
    await at.waitFor('✓ RESILIENT  nothing left behind');
    expect(made.fired).toHaveLength(1);
    expect(made.fired[0]?.preflight.seed).toBe(7);
  });

  it('never fires on enter, on a paste, or on several keys at once', async () => {
    const { at, script: made } = play();
    await arm(at);
    await at.press('\r', 'ARMED');
    await at.press('\u001b[200~f\u001b[201~', 'pasted text is ignored');
    await at.press('ff', '2 characters at once are ignored');
    await at.press('f\u001b[A', /several keys at once|a arms it/);
    expect(made.fired).toHaveLength(0);
    expect(at.screen()).toContain('PLAN');
  });

  it('lapses when nobody fires', async () => {
    const { at, script: made } = play({}, SMALL, { settings: { armMs: 300 } });
    await arm(at);
    await at.waitFor('no longer armed, nothing was written');
    await at.press('f', 'f: no longer armed');
    expect(made.fired).toHaveLength(0);
  });

  it('wants the name of a protected cluster typed before a dangerous injection', async () => {
    const { at, script: made } = play({ isProtected: true });
    await at.waitFor('data LIVE');
    await at.press('e', 'a arms it');
    await at.press('a', 'PROTECTED: type the cluster name to unlock fire: prod-eu-1');
    await at.press('f', 'f_');
    at.send('\u007f');
    for (const letter of 'prod-eu-1') at.send(letter);
    await at.waitFor('ARMED');
    expect(made.fired).toHaveLength(0);
    await at.press('f', '1 fault live');
    expect(made.fired).toHaveLength(1);
  });

  it('says why a plan cannot be armed, and the key says it too', async () => {
    const { at } = play({
      preflight: async loaded => ({
        ...preflightFor(loaded),
        plan: {
          is: 'refusal',
          code: 'already-injected',
          message: 'expected an untouched target, found an undo record: revert it first',
        },
      }),
    });
    await at.waitFor('data LIVE');
    await at.press('e', /refused +expected an untouched target/);
    await at.waitFor('cannot be armed as it is');
    await at.press('a', 'a: expected an untouched target');
  });

  it('names a missing permission and a shut gate', async () => {
    const { at } = play({
      preflight: async loaded => {
        const good = preflightFor(loaded);
        const denied = good.rights.map(right => ({ ...right, allowed: right.permission.for === 'inject' }));
        return {
          ...good,
          rights: denied,
          gates: [...good.gates, { gate: 'latch', ok: false, reason: 'latched by bob' }],
        };
      },
    });
    await at.waitFor('data LIVE');
    await at.press('e', '✗ patch Deployment DENIED');
    await at.waitFor('✗ latch: latched by bob');
  });

  it('refuses when the target changed between arming and firing', async () => {
    const { at, script: made } = play();
    await arm(at);
    await at.press('f', '1 fault live');
    const order = made.fired[0];
    const armed = order?.preflight.plan;
    if (armed?.is !== 'plan') throw new Error('expected a plan');
    const write = armed.writes[0];
    if (!write) throw new Error('expected a write');
    const newer = {
      ...armed,
      writes: [{ ...write, precondition: { ...write.precondition, resourceVersion: '6102' } }],
    } as typeof armed;
    expect(order?.gate(armed)).toMatchObject({ ok: true });
    expect(order?.gate(newer)).toMatchObject({
      ok: false,
      reason: 'Deployment ledger changed since arming; arm again',
    });
    expect(order?.gate({ ...armed, pods: [] })).toMatchObject({
      ok: false,
      reason: 'the pods in reach changed since arming; arm again',
    });
  });

  it('is locked in read-only and while the cluster is silent, and says so', async () => {
    const { at } = play({}, SMALL, { settings: { readOnly: true } });
    await at.waitFor('READ-ONLY');
    await at.press('e', 'EXPERIMENTS');
    await at.press('a', 'a: read-only');
    const { at: silent, script: made } = play();
    await silent.waitFor('data LIVE');
    made.feed.status('all', {
      state: 'stale',
      why: 'unreachable',
      reason: 'connect ECONNREFUSED' as Clean,
      dataAgeMs: 12_000,
      retryInMs: 3_000,
    });
    await silent.waitFor(/✗ no data for 1\ds, retry in \ds/);
    silent.send('e');
    await silent.waitFor('EXPERIMENTS');
    silent.send('a');
    await silent.waitFor('a: no data from the cluster: connect ECONNREFUSED');
    expect(silent.screen()).toContain('! MAYDAY');
  });
});

const [HOME, END] = ['\u001b[H', '\u001b[F'];

describe('MAYDAY', () => {
  it('scans while it opens, reverts on the second press, and shows what remains', async () => {
    const { at, script: made } = play({ findings: () => (made.reverted > 0 ? [] : [finding('a'), finding('b')]) });
    await at.waitFor('data LIVE');
    await at.press('!', '2 injections found');
    await at.waitFor('scan complete');
    expect(made.reverted).toBe(0);
    await at.press('!', '✓ REMAIN 0   verified 2');
    expect(made.reverted).toBe(2);
  });

  it('shows what needs a word from its first line to its last, and takes letters for the answer', async () => {
    const lines = Array.from({ length: 60 }, (_, i) => `line ${i} of what would be written` as Clean);
    const { at, script: made } = play({
      findings: () => [finding('a')],
      remaining: () => 1,
      asked: ([one]) => (one ? [{ finding: one, tier: 3, digest: 'x', lines }] : []),
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    await at.press('!', 'line 0 of what would be written');
    expect(at.screen()).not.toContain('line 59 of');
    await at.press(END, 'line 59 of what would be written');
    expect(at.screen()).not.toContain('line 0 of');
    // Two keys for the same elsewhere; here letters belong to the answer.
    await at.press('g', '> g_');
    await at.press('G', '> gG_');
    expect(at.screen()).toContain('line 59 of');
    await at.press(HOME, 'line 0 of what would be written');
    await at.press('G', '> gGG_');
    expect(at.screen()).toContain('line 0 of');
    expect(made.reverted).toBe(0);
  });

  it('takes the word for what only a record asks for by enter, and nothing by enter alone', async () => {
    const { at, script: made } = play({
      findings: () => [finding('a')],
      remaining: () => (made.reverted > 0 ? 0 : 1),
      asked: ([one]) =>
        one && made.reverted === 0 ? [{ finding: one, tier: 3, digest: 'x', lines: ['one line' as Clean] }] : [],
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    await at.press('!', /type, then enter:[\s\S]*restore 1: restores it +esc: none/);
    const before = made.reverted;
    await at.press('\r', 'enter: type restore 1 first');
    await at.press('restore 2', '> restore 2_');
    await at.press('\r', 'enter: type restore 1 first');
    expect(made.reverted).toBe(before);
    await at.press('\u007f', '> restore _');
    await at.press('1', '> restore 1_');
    await at.press('\r', 'REMAIN 0');
    expect(made.reverted).toBe(before + 1);
  });

  it('asks what becomes of a value that somebody changed since, and does for each what was chosen', async () => {
    const lines = ['ImageCorrupt  Deployment shop/a', '  original  ledger:4.1', '  now       ledger:9'] as Clean[];
    const { at, script: made } = play({
      findings: () => (made.chosen.size > 0 ? [] : [finding('a'), finding('b')]),
      remaining: () => (made.chosen.size > 0 ? 0 : 2),
      undecided: found => found.map(one => ({ finding: one, digest: 'x', may: ['original', 'keep'], lines })),
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    await at.press('!', /2 TO CHOOSE[\s\S]*original {2}ledger:4\.1[\s\S]*original 1 {3}keep 2 {3}original all/);
    expect(at.screen()).toContain('2 need your word');
    await at.press('\r', 'enter: type original or keep first');
    await at.press('original 1 keep 2', '> original 1 keep 2_');
    expect(made.chosen.size).toBe(0);
    await at.press('\r', 'REMAIN 0');
    expect([...made.chosen.values()]).toEqual(['original', 'keep']);
    expect(at.screen()).toContain('✓ 1 restored   1 kept as it is');
  });

  it('tells of what lost its marks, and accepts it as it is only by the typed word', async () => {
    const lost = {
      id: 'SecretDeletion:shop/Secret/token',
      type: 'SecretDeletion' as const,
      object: { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'token' },
      run: 'r7',
      says: 'Secret shop/token is gone together with its backup',
    };
    const { at, script: made } = play({ findings: () => [], unmarked: [lost] });
    await at.waitFor('data LIVE');
    await at.press('!', /0 injections found {3}⚑ 1 UNMARKED[\s\S]*UNMARKED {2}run r7 died: Secret shop\/token is gone/);
    expect(at.screen()).not.toContain('no injection in the cluster');
    expect(at.screen()).toContain('!  once more (or y) asks what becomes of it');
    await at.press('w', 'w: press ! first: it asks about what it cannot settle');
    await at.press('!', /1 TO CHOOSE[\s\S]*mayday cannot restore this: read, set it right by hand[\s\S]*keep {3}esc/);
    await at.press('\r', 'enter: type keep first');
    await at.press('original', '> original_');
    await at.press('\r', 'enter: original is not possible for [1]');
    await at.press('\u001b', /REMAIN 1 .*w 1 needs your word/);
    await at.press('w', '1 TO CHOOSE');
    await at.press('keep', '> keep_');
    expect(made.unmarked).toEqual([lost]);
    await at.press('\r', 'REMAIN 0');
    expect(made.unmarked).toEqual([]);
    expect(at.screen()).toContain('1 kept as it is');
  });

  it('shows in a second revert of everything only what the first one left', async () => {
    const { at, script: made } = play({
      findings: () => (made.reverted > 0 ? [finding('b')] : [finding('a'), finding('b')]),
      asked: found =>
        found
          .filter(({ object }) => object.name === 'b')
          .map(one => ({ finding: one, tier: 2, digest: 'x', lines: ['create b' as Clean] })),
      remaining: () => 1,
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    await at.press('!', '1 FROM AN UNSIGNED RECORD');
    await at.press('\u001b', 'w 1 needs your word');
    expect(at.screen()).toContain('2 injections found   ✓ 1 restored');
    await at.press('!', '1 injection found   1 needs your word');
    expect(at.screen()).not.toContain('to restore');
  });

  it('does nothing with a choice where what was read has changed meanwhile: it is shown anew', async () => {
    let now = 'ledger:9';
    const { at, script: made } = play({
      findings: () => [finding('a')],
      remaining: () => 1,
      undecided: found => found.map(one => ({ finding: one, digest: 'x', may: ['keep'], lines: [now as Clean] })),
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    await at.press('!', 'ledger:9');
    now = 'ledger:10';
    await at.press('keep', '> keep_');
    await at.press('\r', /ledger:10[\s\S]*this changed since you read it/);
    expect(made.chosen.size).toBe(0);
    await at.press('\u001b', 'w 1 needs your word');
    await at.press('w', 'ledger:10');
  });

  it('shows on the key line only keys that a text leaves free while one is typed', async () => {
    const { at } = play({
      findings: () => [finding('a')],
      remaining: () => 1,
      undecided: found => found.map(one => ({ finding: one, digest: 'x', may: ['keep'], lines: ['one' as Clean] })),
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    expect(at.screen().trimEnd().split('\n').at(-1)).toMatch(/L lift the latch {2}esc back {2}\? keys {2}q quit/);
    await at.press('!', '1 TO CHOOSE');
    expect(at.screen().trimEnd().split('\n').at(-1)?.trim()).toBe(
      'enter confirm what was typed  ! REVERT ALL  esc back',
    );
  });

  it('opens from a hammered key but reverts only on a press of its own', async () => {
    const { at, script: made } = play({ findings: () => [finding('a')] });
    await at.waitFor('data LIVE');
    await at.press('!!!', 'scan complete');
    at.send('!!!');
    await new Promise(resolve => setImmediate(resolve));
    await at.press('?', 'EVERYWHERE');
    expect(made.reverted).toBe(0);
  });

  it('stops our own run first, which puts back what it wrote, and latches though nothing else was found', async () => {
    const { at, script: made } = play();
    await inject(at);
    await at.press('!', 'scan complete');
    await at.press('y', 'REMAIN 0');
    await at.press('\u001b', 'ABORTED by you  nothing left behind');
    await at.waitFor(/ABORTED +interrupted: stopped from the console/);
    expect(made.stopped).toBe(1);
  });

  it('opens before there is a connection; a revert asked for then starts once there is one', async () => {
    const made = script({ findings: () => [finding('a')] });
    const connecting = Promise.withResolvers<Awaited<ReturnType<ConsoleDeps['connect']>>>();
    const at = stage(made, SMALL, { deps: { connect: () => connecting.promise } });
    await at.waitFor('waiting');
    await at.press('!', 'UNREACHABLE');
    await at.press('!', 'waits: it starts as soon as the cluster answers   esc takes it back');
    await at.press('!', '!: it waits already');
    connecting.resolve({ ok: true, session: fakeSession(made) });
    await at.waitFor('REMAIN 0');
    expect(made.reverted).toBe(1);
  });

  it('takes back by esc what waits for the cluster', async () => {
    let isReachable = false;
    const { at, script: made } = play({ isReachable: () => isReachable, findings: () => [finding('a')] });
    await at.waitFor('data LIVE');
    await at.press('!', 'the scan is tried again');
    await at.press('!', 'waits: it starts as soon as the cluster answers');
    await at.press('\u001b', 'taken back: nothing is reverted');
    isReachable = true;
    await at.waitFor('1 to restore');
    await at.waitFor('once more');
    expect(made.reverted).toBe(0);
  });

  it('goes on by itself with a revert during which the cluster was lost', async () => {
    let isReachable = true;
    const { at, script: made } = play({ isReachable: () => isReachable, findings: () => [finding('a')] });
    await at.waitFor('data LIVE');
    await at.press('!', 'scan complete');
    isReachable = false;
    await at.press('!', 'waits: it starts as soon as the cluster answers');
    isReachable = true;
    await at.waitFor('REMAIN 0');
    expect(made.reverted).toBe(1);
  });

  it('forgets what a scan could not read because the revert ended it', async () => {
    const made = script({ findings: () => [finding('a')] });
    const session = fakeSession(made);
    const at = stage(made, SMALL, {
      deps: {
        connect: async () => ({
          ok: true,
          session: {
            ...session,
            async scan(hear, signal) {
              await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }));
              hear({ is: 'blind', resource: 'pods', reason: 'aborted' });
              return { ok: false, message: 'aborted' };
            },
          },
        }),
      },
    });
    await at.waitFor('data LIVE');
    await at.press('!', 'once more');
    await at.press('!', 'REMAIN 0');
    expect(at.screen()).not.toContain('BLIND');
  });

  it('keeps trying while the cluster does not answer, and says so', async () => {
    let isReachable = false;
    const { at } = play({ isReachable: () => isReachable, findings: () => [finding('a')] });
    await at.waitFor('data LIVE');
    await at.press('!', 'connect ECONNREFUSED 10.0.0.1:6443; the scan is tried again');
    isReachable = true;
    await at.waitFor('1 injection found');
  });
});

describe('leaving', () => {
  it('ends at once when nothing of ours is in the cluster', async () => {
    const { at } = play();
    await at.waitFor('data LIVE');
    at.send('q');
    expect(await at.exit).toBe(0);
    expect(at.words()).toBe('');
  });

  it('asks while a fault of ours is live; r reverts first', async () => {
    const { at } = play();
    await inject(at);
    await askToQuit(at);
    await at.press('\u001b', 'FAULTS');
    await askToQuit(at);
    at.send('r');
    expect(await at.exit).toBe(6);
    expect(at.words()).toContain('everything that this console changed is restored');
  });

  it('leaves them only when told, and says what that means', async () => {
    const { at } = play();
    await inject(at);
    await askToQuit(at);
    at.send('l');
    expect(await at.exit).toBe(7);
    expect(at.words()).toContain('left in the cluster: 1; nothing will revert it, run `mayday revert --all`');
  });

  it('takes a second ctrl-c as: revert and quit', async () => {
    const { at } = play();
    await inject(at);
    await at.press('\u0003', 'QUIT');
    at.send('\u0003');
    expect(await at.exit).toBe(6);
  });

  it('gives the terminal back whatever happened', async () => {
    const { at } = play();
    await at.waitFor('data LIVE');
    at.send('q');
    await at.exit;
    expect(at.raw().lastIndexOf('\u001b[?1049l')).toBeGreaterThan(at.raw().lastIndexOf('\u001b[?1049h'));
    expect(at.raw().lastIndexOf('\u001b[?25h')).toBeGreaterThan(at.raw().lastIndexOf('\u001b[?25l'));
    expect(at.raw().lastIndexOf('\u001b[?2004l')).toBeGreaterThan(at.raw().lastIndexOf('\u001b[?2004h'));
  });
});

describe('a connection that is still being made', () => {
  it('gets its session closed when the console ended meanwhile', async () => {
    const made = script();
    let closed = 0;
    const gate = Promise.withResolvers<void>();
    const { at } = play({}, SMALL, {
      deps: {
        connect: async () => {
          await gate.promise;
          return { ok: true, session: { ...fakeSession(made), close: async () => void closed++ } };
        },
      },
    });
    await at.waitFor('waiting');
    at.send('q');
    await at.exit;
    gate.resolve();
    await new Promise(resolve => setImmediate(resolve));
    expect(closed).toBe(1);
  });
});
