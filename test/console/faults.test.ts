import { describe, expect, it } from 'vitest';
import { screenFolder } from '../../src/console/keymap/keys.ts';
import type { FaultsLook } from '../../src/console/screens/faults/view.ts';
import { NOT_LOOKED } from '../../src/console/screens/faults/view.ts';
import { revertOneLock } from '../../src/console/store/select.ts';
import type { ConsoleState } from '../../src/console/store/state.ts';
import { MONO } from '../../src/console/widgets/theme.ts';
import type { Marker } from '../../src/health/marker.ts';
import type { ClusterExperiment } from '../../src/revert/stop/cluster-experiment.ts';
import { literal } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';
import { isAscii, isColoured } from '../support/ansi.ts';
import { finding, script } from './support/fake-session.ts';
import { deployment, NOW } from './support/objects.ts';
import { stage } from './support/stage.ts';
import { painted, rows, run, SETTINGS, shown, state, summary, T } from './support/view.ts';

const mark = (name: string, changes: Partial<Marker> = {}): Marker => ({
  uid: `u-${name}`,
  type: literal('ConfigDrift'),
  object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name },
  tool: 'mayday',
  run: `r-${name}`,
  by: literal('bob'),
  host: literal('laptop'),
  at: NOW - 60_000,
  expires: NOW + 240_000,
  ...changes,
});
const on = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name });
const looked = (changes: Partial<FaultsLook> = {}): FaultsLook => ({
  ...NOT_LOOKED,
  phase: 'done',
  at: NOW,
  ...changes,
});
const order = (changes: Partial<ClusterExperiment> = {}): ClusterExperiment =>
  ({
    id: 'ChaosExperiment:shop/drift',
    object: { apiVersion: 'x/v1', kind: 'ChaosExperiment', namespace: 'shop', name: 'drift' },
    type: literal('ConfigDrift'),
    phase: literal('Observing'),
    state: 'live',
    isHeld: true,
    ttlEnd: NOW + 60_000,
    reach: { type: 'ConfigDrift', namespaces: ['shop'] },
    ...changes,
  }) as ClusterExperiment;

/** The faults screen over these marks, and whatever else is known. */
const faults = (markers: Marker[], changes: Partial<ConsoleState> = {}, more: object = {}): ConsoleState =>
  state({ screens: ['deck', 'faults'], health: summary({}, { markers, ...more }), look: looked(), ...changes });

describe('the faults screen', () => {
  it('tells of a run of ours both clocks, what proves its effect, and who ends it', () => {
    const at = faults([], { runs: [run({ isGuarded: true, evidence: 'ImagePullBackOff on 1 new pod' })] });
    expect(rows(at)[3]).toMatch(/▸ImageCorrupt +Deployment shop\/ledger +heal 0:19 of 3:00 {2}TTL 2:41/);
    expect(shown(at)).toContain('by this console, 19s ago   ✓ effect proven  ImagePullBackOff on 1 new pod');
    expect(shown(at)).toContain('ended by this console, or else its guardian');
    expect(shown(faults([], { runs: [run()] }))).toMatch(/ended by this console *$/m);
  });

  it('keeps a long name whole at 80 columns, and does not repeat it in what a revert would do', () => {
    const long = 'operator-chaos-np-app-checkout';
    const object = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: long };
    const found = [finding('x', { object, message: `delete NetworkPolicy shop/${long}, which the injection created` })];
    const policy = mark(long, { type: literal('NetworkPartition'), object, expires: NOW - 722_000 });
    const at = faults([policy], { look: looked({ found }) });
    expect(rows(at)[3]).toMatch(/▸NetworkPartition +Net\S*… shop\/operator-chaos-np-app-checkout +OVERDUE 12m2s/);
    expect(shown(at)).toContain('a revert would delete it, which');
  });

  it('says in words what is overdue, and that nobody ends what has no TTL', () => {
    const late = mark('late', { expires: NOW - 840_000 });
    const { expires: _, ...endless } = mark('endless');
    const text = shown(faults([late, endless]));
    expect(text).toMatch(/ConfigMap shop\/late +OVERDUE 14m/);
    expect(text).toMatch(/ConfigMap shop\/endless +no TTL/);
    expect(text).toContain('ended by nobody: it has no TTL');
  });

  it.each([59, 40])(
    'says OVERDUE and for how long in a window of %i columns too, never that no time is left',
    columns => {
      const late = mark('late', { expires: NOW - 840_000 });
      const deck = state({ health: summary({}, { markers: [late] }) });
      for (const text of [shown(faults([late]), columns, 16), shown(deck, columns, 16)]) {
        expect(text).toContain('OVERDUE 14m');
        expect(text).not.toMatch(/\b0:00\b/);
      }
    },
  );

  it('knows the guardian of a dead run, the reaper, the controller of the framework, and whom nobody is known to end', () => {
    const ender = (changes: Partial<Marker>, look: Partial<FaultsLook> = {}, more: object = {}): string =>
      /ended by (.*?) *$/m.exec(shown(faults([mark('x', changes)], { look: looked(look) }, more), 120, 40))?.[1] ?? '';
    const dead = { run: 'r-x', experiment: 'drift', open: 1 };
    expect(ender({}, { dead: [{ ...dead, guardianDueAt: NOW + 1 }] })).toBe('its guardian on this machine');
    expect(ender({}, { dead: [dead] })).toBe('nobody: its run died without a guardian');
    expect(ender({}, {}, { reaper: 'mayday-reaper-0' })).toBe('the reaper (mayday-reaper-0)');
    expect(ender({})).toBe('its injector, if that process still lives; nothing else was found');
    const found = [finding('x', { type: 'ConfigDrift', object: on('x') })];
    const theirs = { tool: 'operator-chaos' } as const;
    expect(ender(theirs, { found, orders: [order()] })).toBe("the framework's controller");
    expect(ender(theirs, { found })).toBe('nobody: its controller was not found');
  });

  it('shows what stands in the objects of others, and the residue of other tools, which is never touched', () => {
    const foreign = finding('web', {
      id: 'foreign web',
      type: 'unknown',
      state: 'foreign',
      source: 'Chaos Mesh',
      tool: 'other',
      message: 'Chaos Mesh: a PodChaos is running; delete it',
    });
    const found = [finding('x', { object: on('x'), state: 'diverged', message: 'now canary' }), foreign];
    const at = faults([mark('x')], { look: looked({ found }) });
    expect(shown(at)).toContain('! changed since  now canary');
    expect(shown(at)).toMatch(/unknown +Deployment shop\/web/);
    expect(shown(at)).toContain('by Chaos Mesh, 14m ago');
    expect(shown(at)).toContain('ended by nobody: only the tool that injected it can stop it');
  });

  it('claims that there is none only after a look at everything', () => {
    const words = (look: FaultsLook) => shown(faults([], { look }));
    expect(words({ ...NOT_LOOKED, phase: 'looking' })).toContain('scanning every kind for faults');
    expect(words(looked())).toContain('no fault in the cluster');
    expect(words(looked({ blind: 2 }))).toContain('none in what could be read; BLIND to 2 kinds');
    expect(words(looked({ dead: undefined }))).toContain(
      "none in what could be read; BLIND to this machine's journals",
    );
    expect(words({ ...NOT_LOOKED, phase: 'failed', message: 'no answer' })).toContain('could not be read: no answer');
  });

  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
  ])('fits %i by %i, without colour and in ASCII', (columns, height) => {
    const settings = { ...SETTINGS, color: false, ascii: true };
    for (const screens of [
      ['deck', 'faults'],
      ['deck', 'faults', 'fault'],
    ] as ConsoleState['screens'][]) {
      const at = faults([mark('a-rather-long-name-of-a-config-map-that-goes-on-and-on')], {
        settings,
        screens,
        runs: [run()],
      });
      const text = painted(at, MONO, columns, height).join('\n');
      expect(isAscii(text)).toBe(true);
      expect(isColoured(text)).toBe(false);
      for (const row of rows(at, columns, height)) expect(width(row)).toBeLessThanOrEqual(columns);
    }
  });
});

describe('one fault in full', () => {
  it('shows the checks with what is expected and found, and what was told of this run alone', () => {
    const checks = [
      {
        name: 'Deployment shop/ledger Available',
        state: 'fail' as const,
        expected: 'Available=True',
        actual: 'Available=False',
      },
    ];
    const line = (key: number, text: string, of: string) => ({ key, at: NOW, text, tone: 'plain' as const, run: of });
    const at = faults([], {
      screens: ['deck', 'faults', 'fault'],
      runs: [run({ checks, evidence: 'image replaced' })],
      stream: [line(1, 'effect proven in 0.9s', 'fired 1'), line(2, 'something else', 'fired 2')],
    });
    const text = shown(at, 100, 40);
    expect(text).toContain('✗ Deployment shop/ledger Available: expected Available=True, found Available=False');
    expect(text).toContain('effect proven in 0.9s');
    expect(text).not.toContain('something else');
    expect(text).toMatch(/experiment +ledger-image-corrupt/);
    expect(text).toMatch(/run +r1/);
  });
});

describe('on the faults screen', () => {
  it('4 looks at every kind, enter shows one in full, r reverts the one under the cursor', async () => {
    const play = script({
      findings: () => [finding('ledger'), finding('checkout')],
      serverNow: () => NOW,
    });
    const one = stage(play, { columns: 100, rows: 30 });
    play.feed.put(deployment('ledger', { annotations: { 'chaos.operatorchaos.io/original-replicas': '3' } }));
    await one.waitFor('data LIVE');
    await one.press('4', /FAULTS ─+ 2, looked/);
    await one.press('G', /▸ImageCorrupt +Deployment shop\/checkout/);
    await one.press('\r', /ImageCorrupt → Deployment shop\/checkout/);
    await one.press('r', 'REVERT THIS ONE');
    expect(one.screen()).toContain('Deployment shop/checkout');
    await one.press('y', () => play.reverted === 1);
  });

  it('say of a longer TTL why there is none, by its key and in the menu of actions', async () => {
    const one = stage(script(), { columns: 100, rows: 30 });
    await one.waitFor('data LIVE');
    one.send('4');
    await one.waitFor('no fault in the cluster');
    one.send('+');
    await one.waitFor('there is no fault here');
    const at = faults([mark('x')]);
    const key = screenFolder('faults').keys.find(({ id }) => id === 'extend');
    expect(key?.keys).toEqual(['+']);
    const why = 'the TTL is in the undo record, which is never rewritten';
    expect(key?.locked?.(at, { monotonic: T, server: NOW })).toContain(why);
    expect(shown({ ...at, screens: ['deck', 'faults', 'actions'] }, 120, 40)).toContain(`extend its TTL: ${why}`);
  });

  it('r on one fault waits behind a revert of everything that waits for the cluster', () => {
    const now = { monotonic: T, server: NOW };
    const at = faults([mark('x')], {});
    expect(revertOneLock(at, now)).toBeUndefined();
    const queued = { ...at, mayday: { ...at.mayday, isQueued: true } };
    expect(revertOneLock(queued, now)).toBe('everything is reverted as soon as the cluster answers');
  });

  it('r says why the residue of another tool is left alone', async () => {
    const one = stage(
      script({ findings: () => [finding('web', { state: 'foreign', tool: 'other', source: 'Litmus' })] }),
      {
        columns: 100,
        rows: 30,
      },
    );
    await one.waitFor('data LIVE');
    await one.press('4', 'by Litmus');
    await one.press('r', 'mayday shows it but does not revert it');
  });
});
