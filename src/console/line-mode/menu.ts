import { keysOn, screenFolder } from '../keymap/keys.ts';
import { SCREENS } from '../screens/registry.ts';
import { type ConsoleState, screenOf } from '../store/state.ts';
import type { Layout } from '../widgets/layout.ts';
import { type Item, type Line, lineText } from '../widgets/line.ts';
import type { View } from '../widgets/view.ts';

/** One numbered line of a menu. */
export type Choice =
  | { is: 'command'; id: string; text: string; changes: boolean; locked: string | undefined }
  | { is: 'item'; item: Item; text: string };

/** Worth a line only where they do something. */
const ONLY_WHEN = new Set(['forward', 'acknowledge', 'back']);
/** Moves that a number replaces, and what only a screen has. */
const NOT_HERE = new Set(['up', 'down', 'first', 'last', 'repaint', 'suspend', 'mouse', 'interrupt', 'older', 'newer']);

/** Wide enough that little is cut, and narrow enough that panes stand alone: each is read by itself, one after the other. */
const COLUMNS = 149;
const ROWS = 48;
const SIZE = { columns: COLUMNS, rows: ROWS };

/** The panes of a layout, each from its top to its bottom. */
const linesOf = (layout: Layout): readonly Line[] =>
  layout.is === 'pane' ? layout.lines.slice(0, layout.rows) : layout.parts.flatMap(linesOf);

const RULE = /[─-]{3,}/g;

/** A line as it is read aloud: no rules, no columns of blanks. */
const spoken = (line: Line): string => lineText(line).replace(RULE, ' ').replace(/ {2,}/g, '  ').trim();

const bodyLines = (state: ConsoleState, view: Omit<View, 'columns' | 'rows'>): readonly Line[] =>
  linesOf(screenFolder(screenOf(state)).body({ ...state, ...SIZE }, { ...view, ...SIZE }, SIZE, SCREENS));

/** What the present screen holds, in lines that carry no more than words. */
export const screenText = (state: ConsoleState, view: Omit<View, 'columns' | 'rows'>): string[] =>
  bodyLines(state, view).map(spoken).filter(Boolean);

/** Everything that can be done here: the commands of the key tables, then the entries of the lists. */
export function choicesOf(state: ConsoleState, view: Omit<View, 'columns' | 'rows'>): Choice[] {
  const screen = screenFolder(screenOf(state));
  const commands = keysOn(screen, state.settings.keys)
    .filter(({ id, locked }) => !NOT_HERE.has(id) && !(ONLY_WHEN.has(id) && locked?.(state, view.now) !== undefined))
    .filter(({ says }, at, all) => all.findIndex(one => one.says === says) === at)
    .map(
      (key): Choice => ({
        is: 'command',
        id: key.id,
        text: key.says,
        changes: key.danger === true,
        locked: key.locked?.(state, view.now),
      }),
    );
  const seen = new Set<string>();
  const items = bodyLines(state, view).flatMap((line): Choice[] => {
    const { item } = line;
    if (item === undefined || seen.has(`${item.list} ${item.key}`)) return [];
    seen.add(`${item.list} ${item.key}`);
    return [{ is: 'item', item, text: spoken(line) }];
  });
  return [...commands, ...items];
}

/** A choice with its number. */
export function choiceText(choice: Choice, index: number): string {
  const number = `${index + 1}.`;
  if (choice.is === 'item') return `${number} put the cursor on: ${choice.text}`;
  if (choice.locked !== undefined) return `${number} ${choice.text} (not now: ${choice.locked})`;
  return `${number} ${choice.text}${choice.changes ? ' (changes the cluster, asks once more)' : ''}`;
}
