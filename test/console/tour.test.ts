import { describe, expect, it } from 'vitest';
import { SCREENS } from '../../src/console/screens/registry.ts';
import { type ConsoleState, EMPTY_MAYDAY } from '../../src/console/store/state.ts';
import { reached, TOUR_STEPS, tourText } from '../../src/console/tour/steps.ts';
import { rows, run, state } from './support/view.ts';

const END = { remaining: 0, receipts: [], blind: 0, requests: 1, ms: 1, latched: true };
const from = (at: number, changes: Partial<ConsoleState>): number => reached(at, state(changes));

describe('the guided tour', () => {
  it('goes on when the person did what it asked, and not before', () => {
    expect(from(0, {})).toBe(0);
    expect(from(0, { screens: ['deck', 'experiments'] })).toBe(1);
    expect(from(1, { screens: ['deck', 'experiments', 'plan'] })).toBe(2);
    expect(from(3, { screens: ['deck', 'plan'] })).toBe(3);
    expect(from(3, { runs: [run({ effect: 'pending' })] })).toBe(4);
    expect(from(4, { runs: [run({ effect: 'proven' })] })).toBe(5);
    expect(from(5, { runs: [run()], screens: ['deck', 'triage'] })).toBe(6);
    expect(from(6, { runs: [run()], screens: ['deck', 'mayday'] })).toBe(7);
  });

  it('takes nothing for reverted while something remains, is unknown, or was not read', () => {
    const screens: ConsoleState['screens'] = ['deck', 'mayday'];
    const ended = (end: object) =>
      from(7, { screens, mayday: { ...EMPTY_MAYDAY, phase: 'done', end: { ...END, ...end } } });
    expect(from(7, { screens, mayday: { ...EMPTY_MAYDAY, phase: 'scanning' } })).toBe(7);
    expect(ended({ remaining: 2 })).toBe(7);
    expect(ended({ remaining: undefined })).toBe(7);
    const blind = [{ resource: 'secrets', reason: 'forbidden' }];
    expect(from(7, { screens, mayday: { ...EMPTY_MAYDAY, phase: 'found', blind } })).toBe(7);
    expect(ended({})).toBe(8);
    expect(ended({ latched: false })).toBe(9);
  });

  it('never goes back, and has words for every step on every screen', () => {
    for (let at = 0; at < TOUR_STEPS; at++) {
      expect(from(at, {})).toBeGreaterThanOrEqual(at);
      for (const { id } of SCREENS) expect(tourText(at, state({ screens: ['deck', id] }))).toMatch(/^[A-Z]+: \S/);
    }
  });

  it('fits on two rows above the key line at 80 columns, with the key that ends it', () => {
    for (let at = 0; at < TOUR_STEPS; at++) {
      for (const { id } of SCREENS) {
        const shown = rows(state({ tour: { at }, screens: ['deck', id] }));
        expect(shown).toHaveLength(24);
        expect(shown.slice(-3).join(' ')).toMatch(/TOUR \d+\/10 .*\(T\s+ends\s+the\s+tour\)/);
      }
    }
  });
});
