import { type ObjectRow, objectRow } from '../../../health/table/object-row.ts';
import type { ViewObject } from '../../../health/view/cluster-view.ts';
import type { ViewKind } from '../../../health/view/kinds.ts';
import type { LiveView, ViewChange } from '../../../health/view/live.ts';
import { type Context, notify } from '../../app/context.ts';
import { screenOf } from '../../store/state.ts';
import {
  DELETED_SHOWN_MS,
  kindEntries,
  type Sort,
  shownKinds,
  type TablesView,
  tableRows,
  withFilter,
} from './view.ts';

/** Keeps the tables of the health screen in step with the cluster while it is open. */
export interface Browsing {
  enter(): void;
  kind(by: number): void;
  /** Shows this kind, from wherever. */
  showKind(kind: ViewKind): void;
  /** The same, by a name that may be none. */
  showKindNamed(kind: string): void;
  /** Puts the cursor on the object of this uid. */
  put(uid: string): void;
  sort(): void;
  filter(): void;
  /** Ends typing; false where nothing is typed. */
  endFilter(): boolean;
  /** Clears the filter; false where there is none. */
  clearFilter(): boolean;
  type(text: string): void;
  erase(): void;
}

const SORTS: readonly Sort[] = ['state', 'name', 'age'];
const LONGEST_FILTER = 120;
/** Between two looks at all rows of a kind, milliseconds. */
const REFRESH_MS = 200;

export function createBrowsing(context: Context): Browsing {
  const { store } = context;
  let heard: LiveView | undefined;
  let isDue = false;
  let isCountDue = false;
  /** What is shown has changed in the cluster while the screen was behind another one. */
  let isBehind = false;
  /** An object of the view never changes: a new one takes its place. */
  const made = new WeakMap<ViewObject, ObjectRow>();
  const rowOf = (object: ViewObject): ObjectRow => {
    const row = made.get(object) ?? objectRow(object);
    made.set(object, row);
    return row;
  };
  const tables = () => store.getState().tables;
  const update = (changes: Partial<TablesView>): void =>
    store.setState(({ tables: before }) => ({ tables: { ...before, ...changes } }));
  const isShown = (state = store.getState()) => screenOf(state) === 'health';

  function refresh(): void {
    isDue = false;
    const { live } = context;
    if (!live || context.ended.aborted) return;
    isBehind = !isShown();
    if (isBehind) return;
    const now = tables();
    const { rows, all } = tableRows(live.view, now, rowOf);
    update({ kinds: kindEntries(live.view), rows, all, deletedRows: deletedRowsOf(now, rows) });
  }

  /**
   * When rows disappear from the table, only the one under the cursor stays for a moment; keeping others would shift
   * what is being read.
   */
  function deletedRowsOf(before: TablesView, rows: TablesView['rows']): TablesView['deletedRows'] {
    const { monotonic } = context.now();
    const kept = before.deletedRows.filter(
      ({ until, row }) => until > monotonic && !rows.some(one => one.uid === row.uid),
    );
    const chosen = before.rows.find(({ uid }) => uid === before.cursor);
    const isGone = chosen !== undefined && context.live?.view.byUid(chosen.uid) === undefined;
    if (!isGone || kept.some(({ row }) => row.uid === chosen.uid)) return kept;
    void soon(DELETED_SHOWN_MS + 50);
    return [...kept, { row: chosen, until: monotonic + DELETED_SHOWN_MS }];
  }

  async function soon(ms = REFRESH_MS): Promise<void> {
    if (ms === REFRESH_MS) {
      if (isDue) return;
      isDue = true;
    }
    await context.deps.clock.sleep(ms, context.ended).catch(() => undefined);
    refresh();
  }

  /** Of the other kinds only their numbers are shown. */
  function onChange({ kind }: ViewChange): void {
    const { live } = context;
    if (!live) return;
    const isInTable = shownKinds(tables().kinds, tables()).some(one => one.kind === kind);
    if (isInTable || !isShown()) void soon();
    else void countSoon();
  }

  async function countSoon(): Promise<void> {
    if (isCountDue) return;
    isCountDue = true;
    await context.deps.clock.sleep(REFRESH_MS, context.ended).catch(() => undefined);
    isCountDue = false;
    if (context.live && !context.ended.aborted && isShown()) update({ kinds: kindEntries(context.live.view) });
  }

  store.subscribe((now, before) => {
    if (isBehind && isShown(now) && !isShown(before)) refresh();
  });

  function change(next: TablesView): void {
    store.setState({ tables: next });
    refresh();
  }

  return {
    enter() {
      const { live } = context;
      if (!live) return notify(context, 'not connected yet', 'warn');
      if (heard !== live) live.subscribe(onChange);
      heard = live;
      refresh();
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
    endFilter() {
      const { isTyping } = tables();
      update({ isTyping: false });
      return isTyping;
    },
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
