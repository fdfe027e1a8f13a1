import { deckLines } from '../screens/deck/deck.ts';
import { helpLines } from '../screens/help/lines.ts';
import { maydayLines } from '../screens/mayday/lines.ts';
import { quitLines, revertOneLines } from '../screens/quit/lines.ts';
import { type ConsoleState, screenOf } from '../store/state.ts';
import { exactly, type Line, sized } from '../widgets/line.ts';
import type { View } from '../widgets/view.ts';
import { crashLines } from './crash.ts';
import { bannerRows, faultRow, identityRow, noticeRows } from './header.ts';
import { hintRow } from './hints.ts';
import { isTooSmall, smallLines } from './small.ts';

/**
 * The whole screen as lines: exactly `rows` of them, each exactly `columns` wide. A pure function of state and time; a
 * screen that cannot be drawn becomes the crash screen, which still names the emergency key.
 */
export function frame(state: ConsoleState, view: View): Line[] {
  try {
    return fitted(isTooSmall(view.columns, view.rows) ? smallLines(state, view) : fullLines(state, view), view);
  } catch (error) {
    return fitted(crashLines(state, view, error instanceof Error ? error.message : String(error)), view);
  }
}

function fitted(lines: readonly Line[], view: View): Line[] {
  return sized(lines, view.rows).map(row => exactly(row, view.columns));
}

function fullLines(state: ConsoleState, view: View): Line[] {
  const head = [identityRow(state, view), faultRow(state, view), ...bannerRows(state, view)];
  // The notice borrows the body's last rows only while it has something to say.
  const foot = [...noticeRows(state, view), hintRow(state, screenOf(state), view)];
  const rows = view.rows - head.length - foot.length;
  return [...head, ...sized(bodyLines(state, view, rows), rows), ...foot];
}

function bodyLines(state: ConsoleState, view: View, rows: number): Line[] {
  switch (screenOf(state)) {
    case 'mayday':
      return maydayLines(state, view, rows);
    case 'help':
      return helpLines(view, state.settings.ascii);
    case 'quit':
      return quitLines(state, view);
    case 'revert-one':
      return revertOneLines(state, view);
    default:
      return deckLines(state, view, rows);
  }
}
