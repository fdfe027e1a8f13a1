import { notify } from '../../app/context.ts';
import { BACK, EMERGENCY, HELP, INJECT, MOVING, QUIT } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane, row } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { kindLines, tableLines } from './lines.ts';
import { chosenRow } from './view.ts';

/** Columns of the list of kinds. */
const kindColumns = (columns: number): number => (columns < 110 ? 20 : 28);

const nothing = ({ tables }: ConsoleState): string | undefined => {
  const chosen = chosenRow(tables);
  if (!chosen) return 'there is nothing to open';
  return chosen.isGone ? 'this object is gone' : undefined;
};

/** The objects of every kind of the view, as they are now. */
export const health: ScreenFolder<'health'> = {
  id: 'health',
  title: 'HEALTH',
  digit: '2',
  hint: 4,
  isOfCluster: () => true,
  keys: [
    EMERGENCY,
    // Not locked by an empty table: its rows may be late.
    { id: 'keep-filter', keys: ['enter'], says: 'keep this filter', hint: 1, inText: true },
    { id: 'object', keys: ['enter'], says: 'open', hint: 1, locked: nothing },
    { ...INJECT, hint: 1, locked: nothing },
    { id: 'next-kind', keys: ['tab', 'right', 'l'], says: 'next kind', hint: 2 },
    { id: 'last-kind', keys: ['left', 'h'], says: 'kind before' },
    { id: 'filter', keys: ['/'], says: 'filter', hint: 3 },
    { id: 'sort', keys: ['o'], says: 'order: state, name, age', hint: 4 },
    ...MOVING,
    HELP,
    { ...BACK, keys: ['esc'] },
    QUIT,
  ],
  body(state, view, { columns, rows }) {
    const left = kindColumns(columns);
    const right = columns - left - 2;
    return row(
      pane(left, rows, kindLines(state, view, left, rows)),
      pane(right, rows, tableLines(state, view, right, rows)),
    );
  },
  subject({ tables }) {
    const chosen = chosenRow(tables);
    return chosen && !chosen.isGone ? chosen.row.ref : undefined;
  },
  enter: ({ browsing }) => browsing.enter(),
  commands: ({ context, browsing, objects }) => ({
    'keep-filter': browsing.endFilter,
    object: () => {
      const chosen = chosenRow(context.store.getState().tables);
      if (chosen && !chosen.isGone) objects.open(chosen.row.ref);
      else notify(context, 'there is nothing to open', 'warn');
    },
    'next-kind': times => browsing.kind(times),
    'last-kind': times => browsing.kind(-times),
    filter: browsing.filter,
    sort: browsing.sort,
  }),
  lists: {
    objects: {
      ids: ({ tables }) => tables.rows.map(({ uid }) => uid),
      chosen: ({ tables }) => chosenRow(tables)?.row.uid,
      moveTo: ({ browsing }, uid) => browsing.put(uid),
    },
    kinds: {
      ids: ({ tables }) => tables.kinds.map(({ kind }) => kind),
      chosen: ({ tables }) => tables.kind,
      moveTo: ({ browsing }, kind) => browsing.showKindNamed(kind),
    },
  },
  leave: ({ browsing }) => browsing.clearFilter(),
  typing: ({ tables }) => tables.isTyping,
  type: ({ browsing }, text) => browsing.type(text),
  erase: ({ browsing }) => browsing.erase(),
};
