import { BOARD } from '../../../health/kinds.ts';
import { chosen } from '../../store/select.ts';
import { type ConsoleState, screenOf } from '../../store/state.ts';
import { beside, type Line, sized } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { experimentLines } from '../experiments/list.ts';
import { planLines } from '../plan/plan.ts';
import { boardLines } from './board.ts';
import { faultLines } from './faults.ts';
import { streamLines } from './stream.ts';

/** From this width on the picker and its preview stand beside the deck instead of over it. */
export const WIDE = 150;
const DECK_COLUMNS = 92;
/** Narrower than this, health and faults stand one below the other. */
const STACKED = 72;

/** The body between the header and the key line: the deck alone, or on a wide screen with the picker and the plan on its right. */
export function deckLines(state: ConsoleState, view: View, rows: number): Line[] {
  if (view.columns < WIDE) {
    const screen = screenOf(state);
    if (screen === 'experiments') return pickerLines(state, view, view.columns, rows);
    if (screen === 'plan') return planScreen(state, view, view.columns, rows);
    return homeLines(state, view, view.columns, rows);
  }
  const right = view.columns - DECK_COLUMNS - 2;
  return beside(homeLines(state, view, DECK_COLUMNS, rows), DECK_COLUMNS, pickerLines(state, view, right, rows), right);
}

/** Health on the left, faults on the right, verdicts below. */
function homeLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const isHome = screenOf(state) === 'deck';
  const above = Math.min(rows - 5, Math.max(8, Math.ceil(rows * 0.55)));
  const below = rows - above;
  if (columns < STACKED) return stackedLines(state, view, columns, rows, isHome);
  const left = Math.floor((columns - 2) / 2);
  const right = columns - 2 - left;
  const top = beside(boardLines(state, view, left, above), left, faultLines(state, view, right, above, isHome), right);
  return [...sized(top, above), ...sized(streamLines(state, view, columns, below), below)];
}

/** One below the other: the board keeps a line for every kind, faults take what they need, verdicts the rest. */
function stackedLines(state: ConsoleState, view: View, columns: number, rows: number, isHome: boolean): Line[] {
  const kinds = BOARD.length + 1;
  const faults = faultLines(state, view, columns, Math.max(2, rows - kinds - 3), isHome);
  const spare = Math.max(0, rows - kinds - faults.length - 5);
  const board = boardLines(state, view, columns, kinds + spare);
  const below = Math.max(0, rows - board.length - faults.length);
  return [...board, ...faults, ...sized(streamLines(state, view, columns, below), below)];
}

/** The list above, the plan of what the cursor is on below. */
function pickerLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const isFocused = screenOf(state) === 'experiments';
  const list = Math.max(4, Math.min(Math.floor(rows * 0.42), (state.catalogue?.length ?? 0) + 1));
  return [
    ...sized(experimentLines(state, view, columns, list, isFocused), list),
    ...sized(planScreen(state, view, columns, rows - list), rows - list),
  ];
}

function planScreen(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const isOpen = screenOf(state) === 'plan';
  const name = chosen(state)?.loaded?.experiment.metadata.name ?? '';
  return [
    rule(`PLAN ${name}`.trimEnd(), columns, view, '', isOpen),
    ...planLines(state, view, columns, rows - 1, isOpen),
  ];
}
