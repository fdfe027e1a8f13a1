import { describe, expect, it } from 'vitest';
import { changeOf } from '../../src/console/app/kubeconfig-change.ts';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import type { Session } from '../../src/console/session/session.ts';
import type { KnownContext, KnownContexts } from '../../src/kube/connection/contexts.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { fakeFeed } from './support/fake-feed.ts';
import { fakeSession, finding, type Script, script } from './support/fake-session.ts';
import { fire } from './support/fire.ts';
import { type Stage, stage } from './support/stage.ts';

const entry = (name: string, changes: Partial<KnownContext> = {}): KnownContext => ({
  name,
  server: `https://${name}:6443` as Clean,
  user: 'alice' as Clean,
  isCurrent: name === 'prod-eu-1',
  fingerprint: 'aa',
  ...changes,
});
const known = (...contexts: KnownContext[]): KnownContexts => ({ ok: true, contexts });
const THREE = known(entry('prod-eu-1'), entry('stage'), entry('hangs'), entry('broken'));

interface Fleet {
  at: Stage;
  scripts: Record<string, Script>;
  closed: string[];
  file: { now: KnownContexts };
}

/** A console whose kubeconfig has a second cluster, one that never answers, and one that cannot be opened. */
function fleet(changes: Partial<Script> = {}, first: Partial<Session> = {}): Fleet {
  const closed: string[] = [];
  const file = { now: THREE };
  const scripts: Record<string, Script> = {
    'prod-eu-1': script(changes),
    stage: script({ context: 'stage' }),
    hangs: script({ context: 'hangs', feed: fakeFeed([], { state: 'listing' }) }),
  };
  const deps: Partial<ConsoleDeps> = {
    contexts: async () => file.now,
    connect: async (_, name = 'prod-eu-1') => {
      if (name === 'broken') return { ok: false, message: 'its certificate cannot be read', exitCode: 8 };
      const made = scripts[name];
      if (!made) throw new Error(`no context ${name}`);
      const session = { ...fakeSession(made), close: async () => void closed.push(name) };
      const own = name === 'prod-eu-1' ? first : {};
      return { ok: true, session: { ...session, ...own, identity: { ...session.identity, context: name } } };
    },
  };
  const at = stage(scripts['prod-eu-1'] as Script, { columns: 100, rows: 30 }, { deps });
  return { at, scripts, closed, file };
}

/** `:ctx NAME`. */
async function goTo(at: Stage, name: string): Promise<void> {
  await at.press(':', 'GO TO');
  await at.waitFor(new RegExp(`^ ctx ${name}|^. ctx ${name}|^  ctx ${name}`, 'm'));
  await at.press(`ctx ${name}`, `:ctx ${name}_`);
  at.send('\r');
}

describe('another context', () => {
  it('is opened from the palette without a restart, and the one before is closed', async () => {
    const { at, closed } = fleet();
    await at.waitFor('data LIVE');
    await goTo(at, 'stage');
    await at.waitFor(/^mayday {2}stage .*data LIVE/);
    await at.waitFor(() => closed.includes('prod-eu-1'));
    expect(at.screen()).not.toContain('prod-eu-1');
  });

  it('keeps a live run of this console where it is, names it on every screen, and goes back to it', async () => {
    const { at, closed, scripts } = fleet();
    await fire(at);
    await goTo(at, 'stage');
    await at.waitFor(/^mayday {2}stage .*data LIVE/);
    await at.waitFor('1 fault live in prod-eu-1');
    await at.waitFor('no faults live');
    await at.press('!', /MAYDAY +stage/);
    expect(at.screen()).toContain('1 fault live in prod-eu-1');
    await at.press('\u001b', 'HEALTH');
    expect(closed).not.toContain('prod-eu-1');
    await goTo(at, 'prod-eu-1');
    await at.waitFor(/^mayday {2}prod-eu-1/);
    expect(at.rows()[1]).toContain('1 fault live');
    expect(scripts['prod-eu-1']?.fired).toHaveLength(1);
    await at.waitFor(() => closed.includes('stage'));
  });

  it('says how a run elsewhere ended, and closes that connection', async () => {
    const { at, closed } = fleet({ lastsMs: 1_500 });
    await fire(at);
    await goTo(at, 'stage');
    await at.waitFor('prod-eu-1: ledger-image-corrupt Resilient; nothing left behind');
    await at.waitFor(screen => !screen.includes('live in prod-eu-1') && closed.includes('prod-eu-1'));
  });

  it('asks before it quits while a fault is live in a cluster that is not on the screen, and reverts it there', async () => {
    const { at } = fleet();
    await fire(at);
    await goTo(at, 'stage');
    await at.waitFor('1 fault live in prod-eu-1');
    await at.press('q', '1 fault of this console is in clusters');
    await at.waitFor('in prod-eu-1: 1 live');
    at.send('r');
    expect(await at.exit).toBe(6);
    expect(at.words()).toContain('everything that this console changed is restored');
  });

  it('that never answers leaves every key working, and esc goes back', async () => {
    const { at, closed } = fleet();
    await at.waitFor('data LIVE');
    await goTo(at, 'hangs');
    await at.waitFor('opening hangs: no answer yet; esc goes back to prod-eu-1');
    await at.press('?', 'EVERYWHERE');
    await at.press('\u001b', screen => !screen.includes('EVERYWHERE'));
    await at.press('\u001b', /^mayday {2}prod-eu-1 .*data LIVE/);
    await at.waitFor(() => closed.includes('hangs'));
    expect(closed).not.toContain('prod-eu-1');
  });

  it('that cannot be opened is told, and the screen stays where it was', async () => {
    const { at } = fleet();
    await at.waitFor('data LIVE');
    await goTo(at, 'broken');
    await at.waitFor('context broken cannot be opened: its certificate cannot be read');
    expect(at.rows()[0]).toContain('prod-eu-1');
  });

  it('is refused while a revert is under way', async () => {
    const { at } = fleet({ findings: () => [finding('ledger')] }, { revert: () => new Promise(() => undefined) });
    await at.waitFor('data LIVE');
    await at.press('!', '1 injection found');
    await at.press('!', 'reverting');
    await goTo(at, 'stage');
    await at.waitFor('a revert is under way here: wait until it is done');
    expect(at.rows()[0]).toContain('prod-eu-1');
  });
});

describe('a kubeconfig that changes underneath', () => {
  it('is told, locks injecting, and waits to be acknowledged', async () => {
    const { at, file } = fleet();
    await at.waitFor('data LIVE');
    file.now = known(entry('prod-eu-1', { server: 'https://elsewhere:6443' as Clean }));
    await at.waitFor('now leads to https://elsewhere:6443');
    await at.press('e', 'EXPERIMENTS');
    await at.press('a', 'a: the kubeconfig changed: K acknowledges it first');
    await at.press('K', 'the connection stays as it was');
    await at.press('a', 'ARMED');
  });

  const used = { context: 'prod-eu-1', isNamed: false };
  it.each([
    ['another server', known(entry('prod-eu-1', { server: 'https://b' as Clean })), /now leads to https:\/\/b/],
    ['another user', known(entry('prod-eu-1', { user: 'bob' as Clean })), /now acts as bob/],
    ['another certificate', known(entry('prod-eu-1', { fingerprint: 'bb' })), /certificates or the sign-in/],
    ['no such context', known(entry('stage')), /no longer in the kubeconfig/],
    [
      'another current context',
      known(entry('prod-eu-1', { isCurrent: false }), entry('stage', { isCurrent: true })),
      /current context of the kubeconfig is now stage/,
    ],
    ['no file', { ok: false, message: 'no kubeconfig' as Clean } as KnownContexts, /can no longer be read/],
  ])('names %s', (_, now, words) => {
    expect(changeOf(THREE, now, used)).toMatch(words);
  });

  it('is none of ours when another context changed, or a current context that was not followed', () => {
    expect(changeOf(THREE, known(entry('prod-eu-1'), entry('stage', { fingerprint: 'x' })), used)).toBeUndefined();
    const moved = known(entry('prod-eu-1', { isCurrent: false }), entry('stage', { isCurrent: true }));
    expect(changeOf(THREE, moved, { ...used, isNamed: true })).toBeUndefined();
  });
});
