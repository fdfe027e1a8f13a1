import { describe, expect, it } from 'vitest';
import type { ConsoleDeps } from '../../src/console/deps.ts';
import { faultCounts } from '../../src/console/screens/fleet/view.ts';
import type { KnownContext } from '../../src/kube/connection/contexts.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { fakeSession, finding, type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

const entry = (name: string): KnownContext => ({
  name,
  server: `https://${name}:6443` as Clean,
  user: 'alice' as Clean,
  isCurrent: name === 'prod-eu-1',
  fingerprint: 'aa',
});

interface Fleet {
  at: Stage;
  scripts: Record<string, Script>;
}

/** A console with four clusters: one of them protected, one dead. */
async function fleet(size = { columns: 100, rows: 30 }, silence = 'nobody answers'): Promise<Fleet> {
  const own = script();
  const stuck = (context: string, changes: Partial<Script> = {}): Script => {
    const made: Script = script({
      context,
      clock: own.clock,
      findings: () => (made.reverted > 0 ? [] : [finding('victim-1'), finding('victim-2')]),
      ...changes,
    });
    return made;
  };
  const scripts: Record<string, Script> = {
    'prod-eu-1': own,
    stage: stuck('stage'),
    gold: stuck('gold', { isProtected: true }),
  };
  const deps: Partial<ConsoleDeps> = {
    contexts: async () => ({ ok: true, contexts: [...Object.keys(scripts), 'dead'].map(entry) }),
    connect: async (_, name = 'prod-eu-1') => {
      const made = scripts[name];
      if (!made) return { ok: false, message: silence, exitCode: 8 };
      return { ok: true, session: fakeSession(made) };
    },
  };
  const at = stage(own, size, { deps });
  await at.waitFor('LIVE');
  await at.press('9', 'UNREACHABLE');
  await at.waitFor(/stage +2 /);
  return { at, scripts };
}

const KEYS: Readonly<Record<string, string>> = { down: '\u001b[B', space: ' ', enter: '\r' };
const press = (at: Stage, key: string): void => at.send(KEYS[key] ?? key);

/** Marks the clusters to which these keys lead, one after the other, and asks to revert them. */
async function askToRevert(at: Stage, ...ways: string[][]): Promise<void> {
  for (const [index, way] of ways.entries()) {
    for (const key of [...way, 'space']) press(at, key);
    await at.waitFor(`${index + 1} marked`);
  }
  press(at, 'R');
}

describe('the fleet', () => {
  it.each([
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 200, rows: 50 },
  ])('shows every cluster beside the dead one, at %j', async size => {
    const { at } = await fleet(size);
    await at.waitFor('4 clusters, 1 unreachable');
    const shown = at.screen();
    expect(shown).toMatch(/gold PROTECTED +2 /);
    expect(shown).toMatch(/prod-eu-1 +0 .*nothing found/);
  });

  it('reverts the marked ones; a protected one only where its name was typed', async () => {
    const { at, scripts } = await fleet();
    await at.waitFor(/gold PROTECTED +2 /);
    await askToRevert(at, ['down'], ['down']);
    await at.waitFor('type the name of gold');
    press(at, 'y');
    await at.waitFor('gold: y_');
    press(at, 'enter');
    await at.waitFor('protected: left alone');
    press(at, 'y');
    await at.waitFor(/stage +0 +- +0 /);
    expect(scripts.stage?.reverted).toBe(2);
    expect(scripts.gold?.reverted).toBe(0);
  });

  it('reverts the others where a dead one is marked among them, and tries that one only by its name', async () => {
    const { at, scripts } = await fleet();
    await at.waitFor(/gold PROTECTED +2 /);
    await askToRevert(at, ['down'], ['down', 'down']);
    await at.waitFor('type the name of dead');
    await at.waitFor('not reached, so perhaps protected: its name must be typed');
    press(at, 'enter');
    await at.waitFor('not reached, so perhaps protected: left alone');
    press(at, 'y');
    await at.waitFor(/stage +0 +- +0 /);
    expect(scripts.stage?.reverted).toBe(2);
    expect(at.screen()).toMatch(/dead .*UNREACHABLE nobody answers/);
  });

  it('shows the whole reason of the cluster under the cursor where its row is too narrow', async () => {
    const silence =
      'the server at https://10.20.30.40:6443 did not answer within 10s: connect ETIMEDOUT 10.20.30.40:6443';
    const { at } = await fleet({ columns: 100, rows: 30 }, silence);
    for (let down = 0; down < 3; down++) press(at, 'down');
    await at.waitFor(screen => screen.replace(/\s+/g, ' ').includes(`dead: UNREACHABLE ${silence}`));
    expect(at.screen()).toMatch(/dead .*UNREACHABLE the server.*…/);
  });

  it('reverts a protected one whose name was typed, letters of keys among them', async () => {
    const { at, scripts } = await fleet();
    await at.waitFor(/gold PROTECTED +2 /);
    for (const key of ['down', 'down', 'space', 'R']) {
      press(at, key);
      await at.waitFor(() => true);
    }
    await at.waitFor('type the name of gold');
    for (const key of ['g', 'o', 'l', 'd', 'enter']) {
      press(at, key);
      await at.waitFor(() => true);
    }
    await at.waitFor('will be reverted');
    press(at, 'y');
    await at.waitFor(/gold PROTECTED +0 +- +0 /);
    expect(scripts.gold?.reverted).toBe(2);
    expect(scripts.stage?.reverted).toBe(0);
  });
});

describe('a fleet of more clusters than the screen has rows', () => {
  const names = Array.from({ length: 30 }, (_, index) => `c${String(index).padStart(2, '0')}`);
  async function large(): Promise<{ at: Stage; scripts: Record<string, Script> }> {
    const own = script();
    const scripts: Record<string, Script> = { 'prod-eu-1': own };
    for (const name of names)
      scripts[name] = script({ context: name, clock: own.clock, isProtected: name === 'c20', findings: () => [] });
    const deps: Partial<ConsoleDeps> = {
      contexts: async () => ({ ok: true, contexts: ['prod-eu-1', ...names].map(entry) }),
      connect: async (_, name = 'prod-eu-1') => ({ ok: true, session: fakeSession(scripts[name] as Script) }),
    };
    const at = stage(own, { columns: 80, rows: 24 }, { deps });
    await at.waitFor('LIVE');
    await at.press('9', /c15 +0 /);
    return { at, scripts };
  }

  it('is marked by one key, and the question and its answer are in sight', async () => {
    const { at } = await large();
    await at.press('*', '31 clusters, 31 marked');
    await at.press('*', / 31 clusters\n/);
    await at.press('*', '31 marked');
    await at.press('R', 'type the name of c20');
    const shown = at.screen();
    expect(shown).toMatch(/c20 +protected: its name must be typed/);
    expect(shown).toMatch(/and 1\d more clusters, 31 clusters in all/);
    expect(shown).toContain('without its name the cluster is not changed');
    press(at, 'enter');
    await at.waitFor('reverts everything in them');
  });
});

describe('a revert that leaves something, or meets silence', () => {
  it('says what became of the rest and where it is answered, until somebody looks again', async () => {
    const { at, scripts } = await fleet();
    Object.assign(scripts.stage as Script, {
      asked: (found: { id: string }[]) =>
        found.slice(0, 1).map(one => ({ finding: one, tier: 2, digest: 'd', lines: [] })),
      remaining: () => 1,
    });
    for (const key of ['down', 'space']) press(at, key);
    await at.waitFor('1 marked');
    await at.press('R', 'will be reverted');
    await at.press('y', /stage .* 1 +1 unconfirmed: enter opens it, then !/);
    await at.press('c', /stage .* - +(?!1 unconfirmed)/);
  });

  it('says of a cluster that does not know us that we are not signed in, in the words of the command line', async () => {
    const { at, scripts } = await fleet();
    Object.assign(scripts.stage as Script, { noAnswer: { word: 'NOT SIGNED IN', message: 'Unauthorized' } });
    await at.press('c', /stage +- +- +- +NOT SIGNED IN Unauthorized/);
  });

  it('ends as unreachable at once where the server says nothing, and nothing is known of it then', async () => {
    const { at, scripts } = await fleet();
    const stuck = scripts.stage as Script;
    Object.assign(stuck, { isReachable: () => false });
    for (const key of ['down', 'space']) press(at, key);
    await at.waitFor('1 marked');
    await at.press('R', 'will be reverted');
    await at.press('y', /stage +- +- +\? +UNREACHABLE no answer; nothing was written/);
    expect(stuck.reverted).toBe(0);
  });
});

describe('what the fleet claims', () => {
  const blindGate = {
    id: 'G7',
    name: 'controllers',
    ms: 1,
    status: 'BLIND',
    blind: [{ what: 'leases', reason: 'no' }],
  };

  it('is never well where triage could not see everything', async () => {
    const { at, scripts } = await fleet();
    await at.waitFor(/✓ prod-eu-1 +0 /);
    Object.assign(scripts['prod-eu-1'] as Script, {
      triage: () => ({ roots: [], gates: [{ ...blindGate, findings: [] }] }),
    });
    await at.press('c', /\? prod-eu-1 +0 .*BLIND in G7/);
  });

  it('forgets what a revert left once somebody looks again', async () => {
    const { at } = await fleet();
    press(at, 'down');
    press(at, 'space');
    await at.waitFor('1 marked');
    press(at, 'R');
    await at.waitFor('will be reverted');
    await at.press('y', /stage +0 +- +0 /);
    await at.press('c', /stage +0 +- +- /);
  });

  it('does not end as a success while it reverts elsewhere, and stays where it is', async () => {
    const { at, scripts } = await fleet();
    Object.assign(scripts.stage as Script, { revertMs: 60_000 });
    press(at, 'down');
    press(at, 'space');
    await at.waitFor('1 marked');
    press(at, 'R');
    await at.waitFor('will be reverted');
    await at.press('y', /stage .*reverting/);
    press(at, 'enter');
    await at.waitFor('a revert is under way in stage');
    at.send('q');
    expect(await at.exit).toBe(7);
    expect(at.words()).toContain('a revert in stage was interrupted: run `mayday revert --all --context stage`');
  });
});

describe('what a look amounts to', () => {
  it('counts what is in, what is late, and when the next one ends', () => {
    const at = (expiresAt: number) => ({ ...finding('v'), expiresAt });
    expect(faultCounts([at(5), at(30), at(20), { ...finding('w'), state: 'restored' }], 2, 10)).toEqual({
      faults: 3,
      overdue: 1,
      blind: 2,
      nextEnd: 20,
    });
    expect(faultCounts([], 0, 10)).toEqual({ faults: 0, overdue: 0, blind: 0 });
  });
});
