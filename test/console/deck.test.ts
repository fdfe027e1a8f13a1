import { describe, expect, it } from 'vitest';
import { frame } from '../../src/console/app/frame/frame.ts';
import { changeBy } from '../../src/console/app/run-events.ts';
import { isCounting } from '../../src/console/store/select.ts';
import type { ConsoleState, RunView } from '../../src/console/store/state.ts';
import { flat } from '../../src/console/widgets/layout.ts';
import { COLOUR, MONO } from '../../src/console/widgets/theme.ts';
import type { Marker } from '../../src/health/marker.ts';
import type { Trouble } from '../../src/health/trouble.ts';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import type { RunEvent } from '../../src/run/event.ts';
import { UNICODE } from '../../src/text/glyphs.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';
import { isAscii, isColoured, looks } from '../support/ansi.ts';
import { experiment, finding, preflightFor } from './support/fake-session.ts';
import { NOW } from './support/objects.ts';
import { fine, LINKED, painted, rows, run, SETTINGS, shown, state, summary, T } from './support/view.ts';

const trouble = (name: string, what: string, sinceMs: number, changes: Partial<Trouble> = {}): Trouble => ({
  uid: name,
  namespace: 'shop' as Clean,
  name: name as Clean,
  severity: 'fail',
  what: what as Clean,
  since: { at: NOW - sinceMs, exact: true },
  ...changes,
});

const mark = (name: string, changes: Partial<Marker> = {}): Marker => ({
  uid: name,
  type: 'WebhookDisrupt' as Clean,
  object: { apiVersion: 'v1', kind: 'Thing', name },
  tool: 'operator-chaos',
  ...changes,
});

const SIZES = [
  [80, 24],
  [200, 50],
  [60, 16],
  [120, 40],
  [40, 12],
  [12, 3],
  [1, 1],
] as const;

const everything = (changes: Partial<ConsoleState> = {}): ConsoleState =>
  state({
    health: summary(
      {
        pods: fine(1_204, { failing: 3, troubles: [trouble('ledger-7f9c5d-abcde', 'ImagePullBackOff', 41_000)] }),
        leases: fine(0, { sync: { state: 'blind', reason: 'forbidden' as Clean } }),
        nodes: fine(3, { sync: { state: 'retrying', reason: 'x' as Clean, ageMs: 12_000, retryInMs: 3_000 } }),
      },
      { markers: [mark('checkout-validate', { expires: NOW + 48_000 })] },
    ),
    runs: [run()],
    catalogue: [
      { path: 'a', loaded: experiment('ledger-image-corrupt') },
      { path: 'b', error: 'spec.tier: expected 1 to 6, found 9' },
    ],
    checks: new Map([['a', { state: 'ready', preflight: preflightFor(experiment('ledger-image-corrupt')), at: T }]]),
    mayday: { ...state().mayday, phase: 'found', findings: [finding('v1'), finding('v2', { state: 'diverged' })] },
    leftovers: { count: 1, example: 'ledger-image-corrupt' },
    ...changes,
  });

describe('every screen at every size', () => {
  it.each(SIZES)('fills %i by %i exactly, in Unicode and ASCII', (columns, height) => {
    for (const screen of ['deck', 'experiments', 'plan', 'mayday', 'help', 'quit', 'revert-one'] as const) {
      for (const ascii of [false, true]) {
        const drawn = rows(
          everything({ screens: ['deck', screen], settings: { ...SETTINGS, ascii } }),
          columns,
          height,
        );
        expect(drawn).toHaveLength(height);
        expect(drawn.map(row => width(row))).toEqual(drawn.map(() => columns));
        expect(drawn.join('\n')).not.toContain('could not draw');
      }
    }
  });

  it('sends nothing but ASCII when asked for ASCII', () => {
    for (const screen of ['deck', 'experiments', 'plan', 'mayday', 'help', 'quit'] as const) {
      const drawn = painted(everything({ screens: ['deck', screen], settings: { ...SETTINGS, ascii: true } }), MONO);
      expect(isAscii(drawn.join('\n'))).toBe(true);
    }
  });

  it('tells every state apart without colour', () => {
    const states = [
      fine(1),
      fine(1, { failing: 1 }),
      fine(1, { warning: 1 }),
      fine(1, { sync: { state: 'blind', reason: 'forbidden' as Clean } }),
      fine(1, { sync: { state: 'waiting' } }),
      fine(1, { sync: { state: 'loading', loaded: 1, total: 2 } }),
      fine(1, { sync: { state: 'retrying', reason: 'x' as Clean, ageMs: 9_000, retryInMs: undefined } }),
    ];
    const lines = states.map(pods => rows(state({ health: summary({ pods }) })).find(row => row.includes('pods')));
    expect(new Set(lines).size).toBe(states.length);
  });

  it('sends no colour in mono, only weight and inverse', () => {
    const mono = looks(painted(everything(), MONO).join(''));
    expect(new Set(mono)).toEqual(new Set(['0', '1', '1;7']));
    expect(isColoured(painted(everything(), COLOUR).join(''))).toBe(true);
  });
});

describe('the header', () => {
  it('says who, where, in which mode, and how old the data is', () => {
    const guarded = state({ settings: { ...SETTINGS, readOnly: true }, link: { ...LINKED, isProtected: true } });
    expect(rows(guarded)[0]).toMatch(/^mayday {2}prod-eu-1 {2}v1.36.3 {2}alice +READ-ONLY {2}PROTECTED {2}data LIVE$/);
  });

  it('never drops the context: everything else gives way first, then it loses its middle', () => {
    const long = 'arn:aws:eks:eu-central-1:123456789012:cluster/production-eu-central-1-blue';
    const header = (columns: number) =>
      rows(state({ link: { ...LINKED, context: long, isProtected: true } }), columns)[0] ?? '';
    expect(header(120)).toContain(long);
    expect(header(80)).toMatch(/^arn:aws.*….*-blue +PROTECTED {2}data LIVE$/);
    expect(header(60)).toMatch(/^arn:.*….*-blue +PROTECTED/);
  });

  it('shows the age of old data and that it is stale', () => {
    expect(rows(state({ health: summary({}, { lastReceivedAt: T - 30_000 }) }))[0]).toContain('data 30s');
    expect(rows(state({ health: summary({}, { lastReceivedAt: T - 10_000 }) }))[0]).toContain('data LIVE');
    expect(rows(state({ health: summary({}, { lastReceivedAt: undefined }) }))[0]).toContain('no data yet');
  });

  it('counts live faults, ours and others’, and the next to end', () => {
    const both = state({
      runs: [run()],
      health: summary({}, { markers: [mark('x', { expires: NOW + 48_000 }), mark('ours', { run: 'r1' })] }),
    });
    expect(rows(both)[1]).toMatch(/^► 2 faults live {3}next TTL 0:48 WebhookDisrupt +! MAYDAY {3}\? keys$/);
  });

  it('says overdue, and says when it cannot see', () => {
    expect(rows(state({ health: summary({}, { markers: [mark('x', { expires: NOW - 61_000 })] }) }))[1]).toContain(
      'next TTL OVERDUE 1m1s',
    );
    expect(rows(state({ health: summary({}, { unseen: [{ kind: 'Secret', reason: 'forbidden' }] }) }))[1]).toContain(
      '? BLIND to 1 kind',
    );
    expect(rows(state({ health: summary({}, { lastReceivedAt: undefined }) }))[1]).toContain('not known yet');
    const unseen = [{ kind: 'other kinds', reason: 'not looked at yet' }];
    const drawn = rows(state({ health: summary({}, { unseen }) }));
    expect(drawn[1]).toContain('not known yet');
    expect(drawn.slice(2).join()).toContain('not known yet');
    expect(drawn.join()).not.toContain('none seen');
  });

  it('says after a few seconds that a cluster does not answer, long before its requests give up', () => {
    const sync = { state: 'waiting' } as const;
    const health = summary(Object.fromEntries(Object.keys(summary().kinds).map(kind => [kind, fine(0, { sync })])), {
      lastReceivedAt: undefined,
    });
    const link = (askedMsAgo: number) => ({ ...LINKED, since: T - askedMsAgo });
    expect(shown(state({ health, link: link(4_000) }))).not.toContain('no answer');
    expect(shown(state({ health, link: link(7_000) }))).toContain(
      '✗ no answer from the cluster, trying again  asked 7s ago',
    );
    const blind = {
      ...health,
      kinds: { ...health.kinds, pods: fine(0, { sync: { state: 'blind', reason: 'forbidden' as Clean } }) },
    };
    expect(shown(state({ health: blind, link: link(7_000) }))).not.toContain('no answer');
  });

  it('tells of an outage and of leftovers, and keeps the rows', () => {
    const silent = {
      state: 'retrying',
      reason: 'connect ECONNREFUSED' as Clean,
      ageMs: 12_000,
      retryInMs: 2_400,
    } as const;
    const kinds = Object.fromEntries(Object.keys(summary().kinds).map(kind => [kind, fine(5, { sync: silent })]));
    const text = shown(
      state({ health: summary(kinds, { lastReceivedAt: T - 12_000 }), leftovers: { count: 2, example: 'drift' } }),
    );
    expect(text).toContain('✗ no data for 12s, retry in 3s  connect ECONNREFUSED');
    expect(text).toContain('! 2 faults overdue or left by a dead run: press ! to revert   drift');
    expect(text).toMatch(/pods +5 {2}fine {2}STALE 12s/);
  });
});

describe('the board', () => {
  it('shows what is wrong under its kind, with its age', () => {
    const text = shown(everything());
    expect(text).toMatch(/✗ pods {8}1,204 {2}3 failing +41s/);
    expect(text).toMatch(/ledger-\S*…\S+ ImagePull\S*… +41s/);
    expect(text).toMatch(/\? leases +BLIND forbidden/);
  });

  it('says "at least" of an age that the cluster does not tell, and a plus where the words do not fit', () => {
    const pods = fine(2, {
      failing: 1,
      troubles: [trouble('a', 'no endpoints', 12_000, { since: { at: NOW - 12_000, exact: false } })],
    });
    expect(shown(state({ health: summary({ pods }) }), 200, 50)).toContain('at least 12s');
    expect(shown(state({ health: summary({ pods }) }))).toContain('12s+');
  });

  it('shows how far a list has come', () => {
    const pods = fine(2_000, { sync: { state: 'loading', loaded: 2_000, total: 7_412 } });
    expect(shown(state({ health: summary({ pods }) }))).toContain('loading 2,000/7,412');
  });

  it.each([
    [80, 24],
    [60, 16],
    [71, 20],
  ])('keeps a line for every kind at %i by %i, whatever else there is', (columns, height) => {
    for (const at of [state(), everything()]) {
      for (const name of ['nodes', 'pods', 'deploys', 'endpoints', 'webhooks', 'CRDs', 'leases'])
        expect(shown(at, columns, height)).toMatch(new RegExp(`^. ${name} `, 'm'));
      expect(shown(at, columns, height)).toContain('FAULTS');
    }
  });

  it('gives every kind its first trouble before anyone gets a second', () => {
    const many = (count: number) =>
      fine(count, {
        failing: count,
        troubles: Array.from({ length: count }, (_, i) => trouble(`bad-${count}-${i}`, 'x', 1_000)),
      });
    const text = shown(state({ health: summary({ pods: many(9), webhooks: many(2) }) }));
    expect(text).toContain('bad-9-0');
    expect(text).toContain('bad-2-0');
    expect(text).not.toContain('bad-9-4');
  });
});

describe('the faults', () => {
  it('shows both clocks of a run and that its effect is proven', () => {
    const text = shown(everything());
    expect(text).toMatch(/▸ImageCorrupt +Deployment shop\/ledger/);
    expect(text).toMatch(/TTL {3}2:41 ━+─* {2}this console/);
    expect(text).toMatch(/heal {2}0:19 of 3:00 {2}✓ effect proven/);
  });

  it('says whether the recovery clock counts from the injection or from the revert', () => {
    const at = NOW - 12_000;
    const fired = run({ recoveryMs: 60_000, recoveryDeadline: NOW + 48_000, injectedAt: at });
    const receipt = { outcome: 'reverted' } as Receipt;
    const reverted: RunEvent = { at, run: 'r', event: 'reverted', receipts: [receipt], remaining: 0 };
    const recovered: RunEvent = { at, run: 'r', event: 'recovered', afterMs: 4_000, by: 'mayday', selfHealed: false };
    const seenAfter = (...events: RunEvent[]) => {
      let seen: RunView = fired;
      for (const event of events) seen = { ...seen, ...changeBy(seen, event) };
      return shown(state({ runs: [seen] }));
    };
    expect(seenAfter()).toMatch(/heal {2}0:12 of 1:00 {2}/);
    expect(seenAfter(reverted)).toMatch(/back {2}0:12 of 1:00 after revert/);
    expect(seenAfter(reverted, recovered)).toMatch(/back ✓ steady 4s after revert/);
    expect(seenAfter(recovered, reverted)).toMatch(/heal ✓ steady after 4s/);
    // A killed pod leaves nothing to put back: its clock goes on.
    expect(seenAfter({ ...reverted, receipts: [] })).not.toContain('after revert');
    expect(seenAfter(reverted, { ...recovered, selfHealed: true })).toMatch(/heal ✓ steady after 4s/);
  });

  it('needs its clocks drawn twice a second only where there are any', () => {
    expect(isCounting(state())).toBe(false);
    expect(isCounting(state({ runs: [run({ endedAt: T })] }))).toBe(false);
    expect(isCounting(state({ runs: [run()] }))).toBe(true);
    expect(isCounting(state({ health: summary({}, { markers: [mark('x')] }) }))).toBe(true);
    expect(isCounting(state({ screens: ['deck', 'mayday'] }))).toBe(true);
  });

  it('says who keeps others off which operator', () => {
    const locks = [{ operator: 'kserve', holder: 'bob@desk/42/r7', since: NOW - 120_000 }];
    expect(shown(state({ health: summary({}, { locks }) }))).toMatch(/lock kserve: bob@desk\S* *2?/);
  });

  it('says who ends it, and on the way out whether anyone still would', () => {
    const guarded = run({ isGuarded: true });
    expect(shown(state({ runs: [guarded] }))).toContain('guardian on');
    const leaving = (runs: ConsoleState['runs']) => shown(state({ screens: ['deck', 'quit'], runs }));
    expect(leaving([guarded])).toContain('quits and leaves it: the guardian reverts it at its TTL');
    expect(leaving([guarded, run({ key: 'fired 2' })])).toContain('quits and leaves them: nothing will revert them');
  });

  it('says that nobody ends what another tool left', () => {
    const text = shown(everything());
    expect(text).toMatch(/WebhookDisrupt +Thing checkout-val/);
    expect(text).toMatch(/TTL {3}0:48 .*nobody ends it/);
  });

  it('keeps the cursor on its fault when others come before it', () => {
    const cursor = { faults: 'mark b', experiments: undefined, triage: undefined, fleet: undefined };
    const before = state({ cursor, health: summary({}, { markers: [mark('b')] }) });
    const after = state({ cursor, health: summary({}, { markers: [mark('a', { expires: NOW + 1_000 }), mark('b')] }) });
    for (const at of [before, after]) expect(shown(at)).toMatch(/▸WebhookDisrupt +Thing b/);
  });

  it('keeps the chosen fault in sight among many, and counts the hidden', () => {
    const markers = Array.from({ length: 30 }, (_, i) => mark(`m${i}`, { expires: NOW + i * 1_000 + 1_000 }));
    const text = shown(
      state({
        cursor: { faults: 'mark m29', experiments: undefined, triage: undefined, fleet: undefined },
        health: summary({}, { markers }),
      }),
    );
    expect(text).toMatch(/▸WebhookDisrupt +Thing m29/);
    expect(text).toMatch(/\d+ more/);
  });

  it('ends with the verdict, and shouts what was not restored', () => {
    const done = run({ endedAt: T - 1_000, isReverted: true, verdict: 'Degraded', residue: 0 });
    expect(shown(state({ runs: [done] }))).toContain('! DEGRADED  nothing left behind');
    expect(shown(state({ runs: [{ ...done, residue: 2 }] }))).toContain('✗ 2 NOT RESTORED: press !');
  });
});

describe('the smallest window', () => {
  it('still shows what it needs, the faults, the next TTL and the emergency key', () => {
    const text = shown(everything(), 40, 12);
    expect(text).toContain('need 60x16, have 40x12');
    expect(text).toContain('2 faults live');
    expect(text).toContain('TTL');
    expect(text).toContain('! MAYDAY');
    expect(shown(everything(), 12, 3)).toContain('! MAYDAY');
  });

  it('says of a fault that its TTL is over: 0:00 would read as about to end', () => {
    const late = state({ health: summary({}, { markers: [mark('x', { expires: NOW - 61_000 })] }) });
    for (const [columns, rows] of [
      [59, 24],
      [40, 12],
      [30, 8],
    ] as const) {
      expect(shown(late, columns, rows)).toContain('TTL OVERDUE 1m1s');
      expect(shown(late, columns, rows)).not.toContain('0:00');
    }
  });

  it('can find and revert without a full screen', () => {
    const text = shown(everything({ screens: ['deck', 'mayday'] }), 40, 12);
    expect(text).toContain('MAYDAY 2 found');
    expect(text).toContain('! reverts all');
  });
});

describe('a screen that cannot be drawn', () => {
  it('becomes a crash screen with the emergency key, and MAYDAY still opens', () => {
    const broken = state({ catalogue: null as never, screens: ['deck', 'experiments'], stream: null as never });
    const text = shown({ ...broken, screens: ['deck'] });
    expect(text).toContain('could not draw this screen');
    expect(text).toContain('! MAYDAY');
    expect(shown({ ...broken, screens: ['deck', 'mayday'] })).toContain('MAYDAY');
  });
});

describe('while the cluster is silent', () => {
  const retrying = { state: 'retrying', reason: 'ECONNREFUSED', ageMs: 12_000, retryInMs: 3_000 } as never;
  const live = summary({}, { markers: [] });
  const kinds = Object.fromEntries(Object.entries(live.kinds).map(([kind, of]) => [kind, { ...of, sync: retrying }]));
  const silent = { ...live, kinds: kinds as unknown as typeof live.kinds, lastReceivedAt: T - 12_000 };

  it('the rows that it told are dim, and what is wrong, what is injected and the keys are not', () => {
    const board = (health: typeof live) =>
      painted(state({ health, runs: [run()] }), COLOUR)
        .slice(3, 20)
        .join('\n');
    expect(board(live)).toContain('\u001b[32m');
    expect(board(silent)).not.toContain('\u001b[32m');
    expect(board(silent)).toContain('\u001b[35m');
    expect(shown(state({ health: silent }))).toMatch(/no data for 12s, retry in 3s/);
  });

  it.each(['timeline', 'suite', 'gameday'] as const)('what the screen %s tells of the cluster is dim', id => {
    const one = state();
    const underWay: Partial<ConsoleState> = {
      screens: ['deck', id],
      runs: [run()],
      suite: { ...one.suite, phase: 'running', message: 'under way' },
      day: { ...one.day, phase: 'under way', message: 'under way' },
    };
    const STILL = new Set(['dim', 'bad', 'chaos', 'key', 'alarm']);
    const undimmed = (health: typeof live) => {
      const view = { columns: 80, rows: 24, now: { monotonic: T, server: NOW }, glyphs: UNICODE };
      return flat(frame(state({ health, ...underWay }), view))
        .slice(3, 20)
        .flatMap(({ spans }) => spans.filter(({ tone, text }) => !STILL.has(tone) && text.trim() !== ''));
    };
    expect(undimmed(live)).not.toEqual([]);
    expect(undimmed(silent)).toEqual([]);
  });
});
