import { describe, expect, test } from 'vitest';
import type { ConditionId } from '../../../src/gameday/conditions/condition.ts';
import { type JudgeContext, judged } from '../../../src/gameday/conditions/judge.ts';
import type { Sample } from '../../../src/gameday/conditions/sample.ts';
import { gameDaySchema } from '../../../src/gameday/plan/document.ts';
import { gameDay } from '../../support/game-day.ts';

const rulesWith = (abort: object): JudgeContext['rules'] =>
  gameDaySchema.parse(
    gameDay('a', {
      namespaces: ['shop'],
      agenda: [{ name: 's', byHand: 'x', hypothesis: 'y' }],
      alerts: { prometheus: 'http://prometheus.example' },
      abort,
    }),
  ).spec.abort;
const WEB = 'Deployment shop/web';
const DB = 'Deployment shop/db';
const NODE = 'Node n1';
const well = {
  inside: new Map([
    [WEB, true],
    [DB, true],
  ]),
  outside: new Map([[NODE, true]]),
};
const sample = (at: number, own: Partial<Sample> = {}): Sample => ({
  at,
  server: 1_000_000 + at,
  ...well,
  probes: [],
  calls: [],
  faults: [],
  ...own,
});
const standing = (id: ConditionId, history: Sample[], own: Partial<JudgeContext> = {}) => {
  const context: JudgeContext = { rules: rulesWith({}), beganAt: 1_000_000, before: well, targets: new Set(), ...own };
  const found = judged(history, context).find(one => one.id === id);
  return { state: found?.state, value: found?.value };
};
const down = (name: string) => ({
  inside: new Map([...well.inside].map(([key, is]) => [key, key === name ? false : is])),
});

describe('collateral', () => {
  test('trips once a workload that nobody aims at has not served for the time of the plan', () => {
    const history = [sample(0), sample(1_000, down(DB)), sample(10_000, down(DB))];
    expect(standing('collateral', history)).toEqual({ state: 'ARMED', value: `${DB} for 9s` });
    history.push(sample(11_000, down(DB)));
    expect(standing('collateral', history)).toEqual({ state: 'TRIPPED', value: `${DB} for 10s` });
  });
  test('a moment in which it serves again begins the time anew; one that was not read does not', () => {
    const flapping = [sample(0, down(DB)), sample(6_000), sample(7_000, down(DB)), sample(12_000, down(DB))];
    expect(standing('collateral', flapping).state).toBe('ARMED');
    const unread = [sample(0, down(DB)), sample(6_000, { inside: undefined }), sample(12_000, down(DB))];
    expect(standing('collateral', unread).state).toBe('TRIPPED');
  });
  test('what the scenario aims at, what the plan excepts, and what was down before are left out', () => {
    const history = [sample(0, down(DB)), sample(20_000, down(DB))];
    expect(standing('collateral', history, { targets: new Set([DB]) }).state).toBe('ARMED');
    expect(standing('collateral', history, { rules: rulesWith({ collateral: { except: ['db'] } }) }).state).toBe(
      'ARMED',
    );
    expect(standing('collateral', history, { before: { ...well, ...down(DB) } }).state).toBe('ARMED');
    expect(standing('collateral', history, { rules: rulesWith({ collateral: false }) }).state).toBe('OFF');
  });
  test('one that is gone does not serve', () => {
    const gone = { inside: new Map([[WEB, true]]) };
    expect(standing('collateral', [sample(0, gone), sample(10_000, gone)]).state).toBe('TRIPPED');
  });
  test('nothing is claimed of what was never read', () => {
    const history = [sample(0, down(DB)), sample(20_000, down(DB))];
    const before = { inside: undefined, outside: undefined };
    expect(standing('collateral', history, { before })).toEqual({ state: 'ARMED', value: 'BLIND: cannot be read' });
  });
});

test('incident trips for a node outside, not for what stands in the scope', () => {
  const lost = { outside: new Map([[NODE, false]]), ...down(DB) };
  const history = [sample(0, lost), sample(10_000, lost)];
  expect(standing('incident', history)).toEqual({ state: 'TRIPPED', value: `${NODE} for 10s` });
});

describe('probes', () => {
  const seen = (state: 'pass' | 'fail' | 'blind') => ({
    probes: [{ name: 'front door', state, expected: '', actual: '' }],
  });
  test('trips when one is broken for longer than the plan allows', () => {
    const history = [sample(0, seen('pass')), sample(1_000, seen('fail')), sample(60_000, seen('fail'))];
    expect(standing('probes', history)).toEqual({ state: 'ARMED', value: 'front door broken for 59s' });
    history.push(sample(61_000, seen('fail')));
    expect(standing('probes', history).state).toBe('TRIPPED');
  });
  test('one that is blind is not steady', () => {
    expect(standing('probes', [sample(0, seen('blind')), sample(60_000, seen('blind'))])).toEqual({
      state: 'TRIPPED',
      value: 'front door blind for 1m',
    });
  });
});

describe('api', () => {
  const calls = (ms: number, count: number, failed?: string) => ({
    calls: Array.from({ length: count }, () => ({ ms, ...(failed === undefined ? {} : { failed }) })),
  });
  test('trips for slow answers, of which there must be enough, and for errors', () => {
    expect(standing('api', [sample(0, calls(6_000, 9))]).state).toBe('ARMED');
    expect(standing('api', [sample(0, calls(6_000, 10))]).state).toBe('TRIPPED');
    expect(standing('api', [sample(0, calls(10, 4, 'unreachable'))]).state).toBe('ARMED');
    expect(standing('api', [sample(0, calls(10, 5, 'unreachable'))]).state).toBe('TRIPPED');
  });
  test('what is older than its window does not count', () => {
    expect(standing('api', [sample(0, calls(10, 5, 'unreachable')), sample(31_000)]).state).toBe('ARMED');
  });
});

test('watch trips when nothing could be read for the time of the plan', () => {
  const blind = { inside: undefined, outside: undefined };
  const history = [sample(0), sample(1_000, blind), sample(15_000, blind)];
  expect(standing('watch', history)).toEqual({ state: 'ARMED', value: 'not read for 14s' });
  expect(standing('watch', [...history, sample(16_000, blind)]).state).toBe('TRIPPED');
  expect(standing('watch', [...history, sample(16_000)]).state).toBe('ARMED');
});

test('timeBox counts by the server from the beginning of the day', () => {
  const rules = rulesWith({ timeBox: '1m' });
  expect(standing('timeBox', [sample(59_000)], { rules })).toEqual({ state: 'ARMED', value: '59s gone' });
  expect(standing('timeBox', [sample(60_000)], { rules }).state).toBe('TRIPPED');
});

test('secondInjection trips at once, and stays as last seen where a sample did not look', () => {
  const history = [sample(0, { foreign: ['PodKill:shop/Pod/x'] }), sample(1_000)];
  expect(standing('secondInjection', history)).toEqual({ state: 'TRIPPED', value: 'PodKill:shop/Pod/x' });
  expect(standing('secondInjection', [...history, sample(2_000, { foreign: [] })]).state).toBe('ARMED');
});

test('clockSkew needs three answers that agree', () => {
  const skewed = (at: number, skewMs: number) => sample(at, { skewMs });
  expect(standing('clockSkew', [skewed(0, 9_000), skewed(1, 9_000)]).state).toBe('ARMED');
  expect(standing('clockSkew', [skewed(0, 9_000), skewed(1, 6_000), skewed(2, 9_000)])).toEqual({
    state: 'TRIPPED',
    value: '6.0s',
  });
  expect(standing('clockSkew', [skewed(0, 9_000), skewed(1, 100), skewed(2, 9_000)]).state).toBe('ARMED');
});

test('ttlOvershoot trips for a fault that is in too long after its time', () => {
  const fault = (dueAt: number) => ({ faults: [{ name: 'kill', dueAt }] });
  expect(standing('ttlOvershoot', [sample(0, fault(1_005_000))])).toEqual({ state: 'ARMED', value: '5s left' });
  expect(standing('ttlOvershoot', [sample(10_000, fault(1_000_000))]).state).toBe('ARMED');
  expect(standing('ttlOvershoot', [sample(10_001, fault(1_000_000))])).toEqual({
    state: 'TRIPPED',
    value: 'kill 10s over',
  });
});

describe('an alert outside of the scope', () => {
  const rules = rulesWith({ incident: { alerts: { severity: 'critical' } } });
  const told = (at: number, ...incidents: string[]) => sample(at, { incidents });

  test('trips the condition once it has fired for the time of the plan, also over samples that monitoring did not answer', () => {
    const history = [told(0), told(1_000, 'PaymentsDown'), sample(6_000), told(10_000, 'PaymentsDown')];
    expect(standing('incident', history, { rules })).toEqual({
      state: 'ARMED',
      value: 'alert PaymentsDown for 9s',
    });
    history.push(told(11_000, 'PaymentsDown'));
    expect(standing('incident', history, { rules })).toEqual({
      state: 'TRIPPED',
      value: 'alert PaymentsDown for 10s',
    });
  });

  test('counts for nothing where the plan does not say so, between scenarios, and once it is over', () => {
    const history = [told(0, 'PaymentsDown'), told(20_000, 'PaymentsDown')];
    expect(standing('incident', history).state).toBe('ARMED');
    const { before: _, ...between } = { rules, before: undefined };
    const context: JudgeContext = { ...between, beganAt: 0, targets: new Set() };
    expect(judged(history, context).find(({ id }) => id === 'incident')?.state).toBe('ARMED');
    expect(standing('incident', [...history, told(21_000)], { rules })).toEqual({ state: 'ARMED', value: 'all well' });
  });

  test('is BLIND where monitoring does not answer', () => {
    expect(standing('incident', [sample(0), sample(20_000)], { rules })).toEqual({
      state: 'ARMED',
      value: 'all well; alerts BLIND',
    });
  });

  test('does not hide a node that turned unhealthy', () => {
    const sick = { outside: new Map([[NODE, false]]) };
    const history = [sample(0, { ...sick, incidents: [] }), sample(10_000, { ...sick, incidents: ['New'] })];
    expect(standing('incident', history, { rules })).toEqual({ state: 'TRIPPED', value: `${NODE} for 10s` });
  });
});

describe('watch', () => {
  const denied = (at: number, ...mayNotRevert: string[]) => sample(at, { mayNotRevert });

  test('trips once what a revert needs has not been permitted for the time of the plan', () => {
    const history = [denied(0), denied(10_000, 'patch configmaps in shop (to revert)'), sample(20_000)];
    expect(standing('watch', history)).toEqual({
      state: 'ARMED',
      value: 'not permitted: patch configmaps in shop (to revert) for 10s',
    });
    history.push(denied(25_000, 'patch configmaps in shop (to revert)'));
    expect(standing('watch', history).state).toBe('TRIPPED');
  });

  test('is well again once it is permitted again', () => {
    const history = [denied(0, 'patch'), denied(10_000), sample(30_000)];
    expect(standing('watch', history)).toEqual({ state: 'ARMED', value: 'read' });
  });
});
