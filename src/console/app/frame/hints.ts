import type { Key } from '../../keymap/key.ts';
import { keysToShow } from '../../keymap/keys.ts';
import { keyName } from '../../screens/help/lines.ts';
import type { ConsoleState, Screen } from '../../store/state.ts';
import { type Line, line, lineWidth, type Span, span } from '../../widgets/line.ts';
import type { View } from '../../widgets/view.ts';

/** Back, help and quit: keys with this rank or above are dropped last. */
const LASTING = 7;
const GAP = 2;

/**
 * The last row: the keys of this screen, from its key table; those that do nothing now are dim. On a narrow screen the
 * least important are dropped first, and those that leave the screen last.
 */
export function hintRow(state: ConsoleState, screen: Screen, view: View): Line {
  const hints = keysToShow(state, screen)
    .filter(({ hint }) => hint !== undefined)
    .map(key => ({ hint: key.hint ?? 0, spans: spansOf(key, state, view) }))
    .sort((a, b) => a.hint - b.hint);
  const widthOf = (some: typeof hints): number =>
    some.reduce((sum, { spans }) => sum + lineWidth(line(...spans)), 0) + GAP * Math.max(0, some.length - 1);
  const shown = [...hints];
  while (widthOf(shown) > view.columns && shown.length > 0) {
    const optional = shown.findLastIndex(({ hint }) => hint < LASTING);
    shown.splice(optional >= 0 ? optional : shown.length - 1, 1);
  }
  return line(...shown.flatMap(({ spans }, i) => (i === 0 ? spans : [span(' '.repeat(GAP)), ...spans])));
}

function spansOf(key: Key, state: ConsoleState, view: View): Span[] {
  const isLocked = key.locked?.(state, view.now) !== undefined;
  const name = keyName(key.keys[0] ?? '', state.settings.ascii);
  return [span(name, isLocked ? 'dim' : key.danger ? 'bad' : 'key'), span(` ${key.says}`, isLocked ? 'dim' : 'plain')];
}
