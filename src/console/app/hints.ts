import { keysOn, screenFolder } from '../keymap/keys.ts';
import { keyName } from '../screens/help/lines.ts';
import type { ConsoleState, Screen } from '../store/state.ts';
import { type Line, line, lineWidth, type Span, span } from '../widgets/line.ts';
import type { View } from '../widgets/view.ts';

/** The last row: the keys of this screen, from the key table; those that do nothing now are dim. The least important go first when it is narrow. */
export function hintRow(state: ConsoleState, screen: Screen, view: View): Line {
  const keys = [...keysOn(screenFolder(screen))]
    .filter(key => key.hint !== undefined)
    .sort((a, b) => (a.hint ?? 0) - (b.hint ?? 0));
  const spans: Span[] = [];
  for (const key of keys) {
    const isLocked = key.locked?.(state, view.now) !== undefined;
    const name = keyName(key.keys[0] ?? '', state.settings.ascii);
    const next = [
      span(name, isLocked ? 'dim' : key.danger ? 'bad' : 'key'),
      span(` ${key.says}`, isLocked ? 'dim' : 'plain'),
      span('  '),
    ];
    if (lineWidth(line(...spans, ...next)) - 2 > view.columns) break;
    spans.push(...next);
  }
  return line(...spans);
}
