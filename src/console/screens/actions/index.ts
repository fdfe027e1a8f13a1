import { nameOf } from '../../../k8s/object-ref.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { close, notify } from '../../app/context.ts';
import { choiceKeys } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, select, span } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import { keyName } from '../help/lines.ts';
import { onePane, type Parts, type ScreenFolder, type Size, underneath } from '../screen.ts';
import { type Action, actionsOf } from './entries.ts';

function found(state: ConsoleState, view: Pick<View, 'now'>, screens: readonly ScreenFolder[]): Action[] {
  const under = underneath(state, screens);
  return under ? actionsOf(under, state, view.now) : [];
}

/** Everything that can be done with the row under the cursor, and why what cannot be done cannot. */
export const actions: ScreenFolder<'actions'> = {
  id: 'actions',
  keys: choiceKeys({ says: 'do it' }),
  body: onePane(lines),
  commands: parts => ({ choose: () => choose(parts) }),
  lists: {
    actions: {
      ids: (state, now, screens) => [...found(state, { now }, screens).keys()].map(String),
      chosen: ({ actionAt }) => String(actionAt),
      moveTo: ({ context: { store } }, at) => store.setState({ actionAt: Number(at) }),
    },
  },
  // A letter does what it does on the screen below.
  typing: () => true,
  isPasteIgnored: true,
  type(parts, text) {
    const { context } = parts;
    const action = found(context.store.getState(), { now: context.now() }, parts.screens).find(({ key }) =>
      key.keys.includes(text),
    );
    if (action) act(parts, action);
    else notify(context, `${text}: no action of this row`, 'warn');
  },
  erase: () => undefined,
};

function lines(state: ConsoleState, view: View, { columns, rows }: Size, screens: readonly ScreenFolder[]): Line[] {
  const under = underneath(state, screens);
  const all = found(state, view, screens);
  const on = under?.subject?.(state, view.now);
  const name = on ? sanitise(nameOf(on)) : (under?.title ?? '').toLowerCase();
  const { first, last } = windowOf(all.length, state.actionAt, rows - 1);
  return [
    rule(
      `ACTIONS on ${name}`,
      columns,
      view,
      `${all.filter(({ reason }) => reason === undefined).length} of ${all.length}`,
      true,
    ),
    ...(all.length === 0 ? [line(span('  nothing can be done here', 'dim'))] : []),
    ...all
      .slice(first, last)
      .map((action, i) =>
        itemLine(actionLine(action, first + i === state.actionAt, state, view, columns), 'actions', String(first + i)),
      ),
  ];
}

function actionLine(
  { key, reason }: Action,
  isChosen: boolean,
  { settings }: ConsoleState,
  view: View,
  columns: number,
): Line {
  const press = keyName(key.keys[0] ?? '', settings.ascii);
  const isOff = reason !== undefined;
  const row = line(
    isChosen ? view.glyphs.cursor : ' ',
    ' ',
    span(cell(press, 6), isOff ? 'dim' : key.danger ? 'bad' : 'key'),
    ' ',
    span(isOff ? `${key.says}: ` : key.says, isOff ? 'dim' : 'plain'),
    isOff && span(cell(reason, Math.max(0, columns - 12 - key.says.length)).trimEnd(), 'dim'),
    key.danger && !isOff && span('   changes the cluster', 'bad'),
  );
  return isChosen ? select(row) : row;
}

function choose(parts: Parts): void {
  const { context, screens } = parts;
  const state = context.store.getState();
  const action = found(state, { now: context.now() }, screens)[state.actionAt];
  if (action) act(parts, action);
}

/** What changes the cluster is left to its own single key. */
function act({ context, run }: Parts, { key, reason }: Action): void {
  if (reason !== undefined) {
    notify(context, `${key.says}: ${reason}`, 'warn');
    return;
  }
  close(context);
  if (key.danger)
    notify(
      context,
      `press ${keyName(key.keys[0] ?? '', context.store.getState().settings.ascii)} now: it changes the cluster, so enter does not do it`,
      'warn',
    );
  else run(key.id);
}
