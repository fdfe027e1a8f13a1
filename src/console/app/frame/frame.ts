import { messageOf } from '../../../text/message-of.ts';
import { screenFolder } from '../../keymap/keys.ts';
import { SCREENS } from '../../screens/registry.ts';
import { outage } from '../../store/select.ts';
import { type ConsoleState, screenOf } from '../../store/state.ts';
import { tourRows } from '../../tour/guide.ts';
import { column, dimmed, type Layout, pane, within } from '../../widgets/layout.ts';
import type { View } from '../../widgets/view.ts';
import { crashLines } from './crash.ts';
import { bannerRows, faultRow, identityRow, noticeRows } from './header.ts';
import { hintRow } from './hints.ts';
import { isTooSmall, smallLines } from './small.ts';

/**
 * The whole screen: exactly `rows` rows, each exactly `columns` wide. A pure function of state and time; a screen that cannot be drawn
 * becomes the crash screen, which still names the emergency key.
 */
export function frame(state: ConsoleState, view: View): Layout {
  const { columns, rows } = view;
  try {
    return isTooSmall(columns, rows) ? pane(columns, rows, smallLines(state, view)) : full(state, view);
  } catch (error) {
    return pane(columns, rows, crashLines(state, view, messageOf(error)));
  }
}

function full(state: ConsoleState, view: View): Layout {
  const { columns } = view;
  const head = [identityRow(state, view), faultRow(state, view), ...bannerRows(state, view)];
  // A notice covers the last rows of the body only while it is shown.
  const foot = [...noticeRows(state, view), ...tourRows(state, view), hintRow(state, screenOf(state), view)];
  const rows = Math.max(0, view.rows - head.length - foot.length);
  const folder = screenFolder(screenOf(state));
  const body = within(folder.body(state, view, { columns, rows }, SCREENS), columns, rows);
  return column(
    pane(columns, head.length, head),
    folder.isOfCluster?.(state) && outage(state, view.now) ? dimmed(body) : body,
    pane(columns, foot.length, foot),
  );
}
