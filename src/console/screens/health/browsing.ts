import type { ViewKind } from '../../../health/view/kinds.ts';
import { type Context, notify } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { createRefreshing } from './refreshing.ts';
import { type Sort, type TablesView, withFilter } from './view.ts';

/** Keeps the tables of the health screen in step with the cluster while it is open. */
export interface Browsing {
  enter(): void;
  kind(by: number): void;
  /** Shows this kind, from wherever. */
  showKind(kind: ViewKind): void;
  /** The same by a name, which may not be a kind. */
  showKindNamed(kind: string): void;
  /** Puts the cursor on the object of this uid. */
  put(uid: string): void;
  sort(): void;
  filter(): void;
  /** Ends typing; the filter stays. */
  endFilter(): void;
  /** Clears the filter; false where there is none. */
  clearFilter(): boolean;
  type(text: string): void;
  erase(): void;
}

const SORTS: readonly Sort[] = ['state', 'name', 'age'];
const LONGEST_FILTER = 120;

/** Nothing is read before the screen is entered. */
export function createBrowsing(context: Context): Browsing {
  const { store } = context;
  const refreshing = createRefreshing(context);
  const { view: tables, update } = paneOf(store, 'tables');

  function change(next: TablesView): void {
    store.setState({ tables: next });
    refreshing.refresh();
  }

  return {
    enter() {
      const { live } = context;
      if (!live) return notify(context, 'not connected yet', 'warn');
      refreshing.follow(live);
      refreshing.refresh();
    },
    kind(by) {
      const { kinds, kind } = tables();
      const at = kinds.findIndex(one => one.kind === kind);
      const next = kinds[(at + by + kinds.length) % Math.max(1, kinds.length)];
      if (next) change({ ...tables(), kind: next.kind, cursor: undefined, deletedRows: [] });
    },
    showKind: kind => change({ ...tables(), kind, cursor: undefined, deletedRows: [] }),
    showKindNamed(name) {
      const entry = tables().kinds.find(({ kind }) => kind === name);
      if (entry) change({ ...tables(), kind: entry.kind, cursor: undefined, deletedRows: [] });
    },
    put: uid => update({ cursor: uid }),
    sort() {
      const now = tables();
      change({ ...now, sort: SORTS[(SORTS.indexOf(now.sort) + 1) % SORTS.length] ?? 'state' });
    },
    filter: () => update({ isTyping: true }),
    endFilter: () => update({ isTyping: false }),
    clearFilter() {
      const { filter, isTyping } = tables();
      if (filter === '' && !isTyping) return false;
      change({ ...withFilter(tables(), ''), isTyping: false });
      return true;
    },
    type: text => change(withFilter(tables(), (tables().filter + text).slice(0, LONGEST_FILTER))),
    erase: () => change(withFilter(tables(), [...tables().filter].slice(0, -1).join(''))),
  };
}
