import type { Clean } from '../../../text/sanitise.ts';
import { width } from '../../../text/width.ts';
import { close, notify, open } from '../../app/context.ts';
import { choiceKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, select, span } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { goTo, onePane, type Parts, type ScreenFolder, type Size, underneath } from '../screen.ts';
import { matching, type PaletteEntry, paletteEntries } from './entries.ts';

const LONGEST = 80;

function found(state: ConsoleState, screens: readonly ScreenFolder[]): PaletteEntry[] {
  const under = underneath(state, screens);
  return under ? matching(paletteEntries(state, screens, under), state.palette.text) : [];
}

/** Goes anywhere by a few letters of its name. */
export const palette: ScreenFolder<'palette'> = {
  id: 'palette',
  keys: choiceKeys({ says: 'go there' }),
  body: onePane(lines),
  commands: parts => ({ choose: () => choose(parts) }),
  lists: {
    palette: {
      ids: (state, _, screens) => [...found(state, screens).keys()].map(String),
      chosen: state => String(state.palette.at),
      moveTo: ({ context: { store } }, at) =>
        store.setState(({ palette: now }) => ({ palette: { ...now, at: Number(at) } })),
    },
  },
  typing: () => true,
  type: ({ context: { store } }, text) =>
    store.setState(({ palette: { text: before } }) => ({
      palette: { text: (before + text).slice(0, LONGEST), at: 0 },
    })),
  erase: ({ context: { store } }) =>
    store.setState(({ palette: { text } }) => ({ palette: { text: [...text].slice(0, -1).join(''), at: 0 } })),
};

function lines(state: ConsoleState, view: View, { columns, rows }: Size, screens: readonly ScreenFolder[]): Line[] {
  const entries = found(state, screens);
  const { text, at } = state.palette;
  const { first, last } = windowOf(entries.length, at, rows - 2);
  const seen = entries.slice(first, last);
  // The names take what they need, as long as what is said of them has some room, too.
  const longest = Math.max(0, ...seen.map(entry => width(entry.text as Clean)));
  const [least, most] = [Math.max(20, columns - 50), Math.max(20, columns - 26)];
  const room = Math.min(most, Math.max(least, longest + 1));
  return [
    rule('GO TO', columns, view, `${entries.length}`, true),
    line(span(':', 'key'), span(text), span('_', 'key')),
    ...(entries.length === 0 ? [line(span('  nothing of that name', 'dim'))] : []),
    ...seen.map((entry, i) => {
      const isChosen = first + i === at;
      const row = line(
        isChosen ? view.glyphs.cursor : ' ',
        span(cell(entry.text, room)),
        ' ',
        span(cell(entry.about, Math.max(1, columns - room - 2)), 'dim'),
      );
      return itemLine(isChosen ? select(row) : row, 'palette', String(first + i));
    }),
  ];
}

function choose(parts: Parts): void {
  const { context, screens, run } = parts;
  const state = context.store.getState();
  const entry = found(state, screens)[state.palette.at];
  if (!entry) return;
  close(context);
  if (entry.is === 'screen') run(goTo(entry.id));
  else if (entry.is === 'action') run(entry.key.id);
  else if (entry.is === 'kind') {
    run(goTo('health'));
    parts.browsing.showKind(entry.kind);
  } else if (entry.is === 'context') parts.clusters.open(entry.name);
  else if (entry.is === 'theme') chooseTheme(parts, entry.name);
  else {
    context.store.setState({ cursor: { ...state.cursor, experiments: entry.path } });
    run(goTo('experiments'));
    open(context, 'plan');
  }
}

function chooseTheme({ context, clusters }: Parts, name: string): void {
  const isColoured = context.store.getState().settings.color;
  if (isColoured) clusters.updateShell({ theme: name });
  const words = isColoured
    ? `theme ${name}; \`theme: ${name}\` in the configuration file keeps it`
    : 'colour is off (NO_COLOR or --color=never): every theme is mono';
  notify(context, words, isColoured ? 'ok' : 'warn');
}
