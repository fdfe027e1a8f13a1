import { describe, expect, it } from 'vitest';
import { withUpdate } from '../../src/console/screens/gameday/updates.ts';
import { type DayView, NO_DAY } from '../../src/console/screens/gameday/view.ts';
import type { ConditionStatus } from '../../src/gameday/conditions/judge.ts';
import type { DayEntry } from '../../src/gameday/journal/record.ts';
import { width } from '../../src/text/width.ts';
import { isAscii } from '../support/ansi.ts';
import { NOW } from './support/objects.ts';
import { SETTINGS, shown, state, T } from './support/view.ts';

const ANA = { name: 'Ana', role: 'owner' } as const;
const standings: ConditionStatus[] = [
  { id: 'collateral', state: 'ARMED', value: 'all well', limit: 'for 10s' },
  { id: 'probes', state: 'TRIPPED', value: 'door broken for 1m4s', limit: 'broken for 1m' },
  { id: 'incident', state: 'OFF', value: '', limit: 'off in the plan' },
];
const day: DayView = {
  ...NO_DAY,
  phase: 'under way',
  facts: { plan: 'autumn', objective: 'see who notices', by: ANA },
  beganAt: NOW - 65_000,
  scenarios: [
    { name: 'a pod dies', hypothesis: 'nobody notices', state: 'due', why: '', runs: 1, verdicts: [] },
    { name: 'a key drifts', hypothesis: 'somebody notices', state: 'due', why: '', runs: 1, verdicts: [] },
  ],
  standings,
  probes: [{ name: 'door', state: 'fail', expected: '200', actual: '503 after 1ms' }],
};
const on = (changes: Partial<DayView>, more: Parameters<typeof state>[0] = {}) =>
  state({ screens: ['deck', 'gameday'], day: { ...day, ...changes }, ...more });
const entry = (own: object): { is: 'entry'; entry: DayEntry } => ({
  is: 'entry',
  entry: { v: 1, at: NOW, ...own } as DayEntry,
});

describe('the game-day on the screen', () => {
  it.each([
    [80, 24],
    [200, 50],
  ])('at %i×%i shows the agenda, every condition with its value, and who leads', (columns, rows) => {
    const screen = shown(on({}), columns, rows);
    for (const text of [
      'GAME-DAY autumn',
      'Ana (owner)',
      '1:05',
      'a pod dies',
      'a key drifts',
      'NOW a pod dies',
      '1 TRIPPED',
    ])
      expect(screen).toContain(text);
    expect(screen).toMatch(/TRIPPED +probes +door broken for 1m4s/);
    expect(screen).toMatch(/ARMED +collateral +all well/);
    // What tripped stands first.
    expect(screen).toMatch(/TRIPPED +probes[\s\S]*ARMED +collateral/);
    expect(screen.split('\n').every(row => width(row) <= columns)).toBe(true);
  });

  it('in ASCII has nothing else', () => {
    expect(isAscii(shown(on({}, { settings: { ...SETTINGS, ascii: true } }), 80, 24))).toBe(true);
  });

  it('asks what comes next with the keys that answer', () => {
    const next = { is: 'next', scenario: 'a pod dies', items: [{ name: 'latch', ok: true, reason: 'off' }] } as const;
    expect(shown(on({ asking: { ...next, ok: true } }), 80, 24)).toContain('enter arms');
    expect(shown(on({ asking: { ...next, ok: true, armedUntil: T + 7_000 } }), 80, 24)).toMatch(
      /ARMED 0:07 +i injects/,
    );
    const no = { ...next, ok: false, items: [{ name: 'freeze', ok: false, reason: 'until Monday: holidays' }] };
    expect(shown(on({ asking: no }), 80, 24)).toContain('NOT SAFE freeze: until Monday: holidays');
  });

  it('says why the day stands still, and who may let it go on', () => {
    expect(shown(on({ latched: 'condition probes tripped: x' }), 80, 24)).toContain(
      'STOPPED condition probes tripped: x. Only the owner can continue the day: o',
    );
  });

  it('without a day lists the plans, and says why one could not be begun', () => {
    const screen = shown(
      on({ ...NO_DAY, phase: 'failed', message: 'expected a plan, found nothing', plans: ['a.yaml', 'b.yaml'] }),
      80,
      24,
    );
    for (const text of ['expected a plan, found nothing', 'a.yaml', 'b.yaml', 'enter begins the chosen plan'])
      expect(screen).toContain(text);
  });
});

it('a day is what its records say', () => {
  const told: Parameters<typeof withUpdate>[1][] = [
    entry({ kind: 'armed', scenario: 'a pod dies', by: ANA }),
    entry({ kind: 'seen', scenario: 'a pod dies', by: ANA }),
    entry({ kind: 'tripped', condition: 'watch', says: 'blind', value: '', limit: '', scenario: 'a pod dies' }),
    entry({ kind: 'result', scenario: 'a pod dies', run: 'r', result: { verdict: 'Inconclusive' } }),
    entry({ kind: 'ended', scenario: 'a pod dies', end: 'aborted', why: 'condition' }),
    entry({ kind: 'note', text: 'later', by: ANA, at: NOW + 5 }),
    entry({ kind: 'note', text: 'sooner', by: ANA, at: NOW + 1 }),
  ];
  let now = day;
  for (const update of told) now = { ...now, ...withUpdate(now, update) };
  expect(now.scenarios[0]).toMatchObject({ state: 'aborted', seenBy: 'Ana', verdicts: ['Inconclusive'], armedAt: NOW });
  expect(now.latched).toBe('condition watch tripped: blind');
  expect(now.notes.map(({ text }) => text)).toEqual(['sooner', 'later']);
  expect(withUpdate(now, entry({ kind: 'unlatch', by: ANA })).latched).toBeUndefined();
});
