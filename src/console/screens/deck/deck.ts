import { BOARD } from '../../../health/kinds.ts';
import { chosen } from '../../store/select.ts';
import { type ConsoleState, screenOf } from '../../store/state.ts';
import { column, type Layout, pane, row } from '../../widgets/layout.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { experimentLines } from '../experiments/list.ts';
import { planLines } from '../plan/plan.ts';
import type { Size } from '../screen.ts';
import { boardLines } from './board.ts';
import { faultLines } from './faults.ts';
import { streamLines } from './stream.ts';

/** From this width on the picker and its preview stand beside the deck instead of over it. */
const WIDE = 150;
const DECK_COLUMNS = 92;
/** Narrower than this, health and faults stand one below the other. */
const STACKED = 72;

/** The body of the deck, the picker and the plan: one at a time, or on a wide screen the deck with the picker and the plan on its right. */
export function deckBody(state: ConsoleState, view: View, size: Size): Layout {
  const { columns, rows } = size;
  if (columns >= WIDE) {
    const right = columns - DECK_COLUMNS - 2;
    return row(home(state, view, { columns: DECK_COLUMNS, rows }), picker(state, view, { columns: right, rows }));
  }
  const screen = screenOf(state);
  if (screen === 'experiments') return picker(state, view, size);
  if (screen === 'plan') return planPane(state, view, size);
  return home(state, view, size);
}

/** Health on the left, faults on the right, verdicts below. */
function home(state: ConsoleState, view: View, size: Size): Layout {
  const { columns, rows } = size;
  const isHome = screenOf(state) === 'deck';
  if (columns < STACKED) return stacked(state, view, size, isHome);
  const above = Math.min(rows - 5, Math.max(9, Math.ceil(rows * 0.55)));
  const below = rows - above;
  const left = Math.floor((columns - 2) / 2);
  const right = columns - 2 - left;
  return column(
    row(
      pane(left, above, boardLines(state, view, left, above)),
      pane(right, above, faultLines(state, view, right, above, isHome)),
    ),
    pane(columns, below, streamLines(state, view, columns, below)),
  );
}

/** One below the other: the board keeps a line per kind, faults get what they need, verdicts the rest. */
function stacked(state: ConsoleState, view: View, { columns, rows }: Size, isHome: boolean): Layout {
  const kinds = BOARD.length + 3;
  const faults = faultLines(state, view, columns, Math.max(2, rows - kinds - 3), isHome);
  const spare = Math.max(0, rows - kinds - faults.length - 5);
  const board = boardLines(state, view, columns, kinds + spare);
  const below = Math.max(0, rows - board.length - faults.length);
  return column(
    pane(columns, board.length, board),
    pane(columns, faults.length, faults),
    pane(columns, below, streamLines(state, view, columns, below)),
  );
}

/** The list above, the plan of what the cursor is on below. */
function picker(state: ConsoleState, view: View, { columns, rows }: Size): Layout {
  const isFocused = screenOf(state) === 'experiments';
  const list = Math.max(4, Math.min(Math.floor(rows * 0.42), (state.catalogue?.length ?? 0) + 1));
  return column(
    pane(columns, list, experimentLines(state, view, columns, list, isFocused)),
    planPane(state, view, { columns, rows: rows - list }),
  );
}

function planPane(state: ConsoleState, view: View, { columns, rows }: Size): Layout {
  const isOpen = screenOf(state) === 'plan';
  const name = chosen(state)?.loaded?.experiment.metadata.name ?? '';
  return pane(columns, rows, [
    rule(`PLAN ${name}`.trimEnd(), columns, view, '', isOpen),
    ...planLines(state, view, columns, rows - 1, isOpen),
  ]);
}
