import { type ObjectRow, objectRow } from '../../../health/table/object-row.ts';
import type { ViewObject } from '../../../health/view/cluster-view.ts';
import type { LiveView, ViewChange } from '../../../health/view/live.ts';
import type { Context } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { type ConsoleState, screenOf } from '../../store/state.ts';
import { DELETED_SHOWN_MS, kindEntries, shownKinds, type TablesView, tableRows } from './view.ts';

/** The rows of the tables, read again as the cluster changes. */
export interface Refreshing {
  /** Takes the rows from the view now, where they are shown; else once they are shown again. */
  refresh(): void;
  /** Follows this view from now on. */
  follow(live: LiveView): void;
}

/** Between two looks at all rows of a kind, milliseconds. */
const REFRESH_MS = 200;

/** Nothing is followed yet. */
export function createRefreshing(context: Context): Refreshing {
  const { store } = context;
  let followed: LiveView | undefined;
  let isDue = false;
  let isCountDue = false;
  /** What is shown has changed in the cluster while the screen was behind another one. */
  let isBehind = false;
  const rowOf = rememberedRows();
  const { view: tables, update } = paneOf(store, 'tables');
  const isShown = (state: ConsoleState = store.getState()) => screenOf(state) === 'health';
  const pause = (ms: number): Promise<unknown> => context.deps.clock.sleep(ms, context.ended).catch(() => undefined);

  function refresh(): void {
    isDue = false;
    const { live } = context;
    if (!live || context.ended.aborted) return;
    isBehind = !isShown();
    if (isBehind) return;
    const now = tables();
    const { rows, all } = tableRows(live.view, now, rowOf);
    const deletedRows = deletedRowsOf(context, now, rows);
    const isOneNew = deletedRows.some(one => !now.deletedRows.includes(one));
    if (isOneNew) void pause(DELETED_SHOWN_MS + 50).then(refresh);
    update({ kinds: kindEntries(live.view), rows, all, deletedRows });
  }

  async function soon(): Promise<void> {
    if (isDue) return;
    isDue = true;
    await pause(REFRESH_MS);
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
    await pause(REFRESH_MS);
    isCountDue = false;
    if (context.live && !context.ended.aborted && isShown()) update({ kinds: kindEntries(context.live.view) });
  }

  store.subscribe((now, before) => {
    if (isBehind && isShown(now) && !isShown(before)) refresh();
  });

  return {
    refresh,
    follow(live) {
      if (followed !== live) live.subscribe(onChange);
      followed = live;
    },
  };
}

/** An object of the view never changes: a new one takes its place. */
function rememberedRows(): (object: ViewObject) => ObjectRow {
  const made = new WeakMap<ViewObject, ObjectRow>();
  return object => {
    const row = made.get(object) ?? objectRow(object);
    made.set(object, row);
    return row;
  };
}

/**
 * When rows disappear from the table, only the one under the cursor stays for a moment; keeping others would shift
 * what is being read.
 */
function deletedRowsOf(context: Context, before: TablesView, rows: TablesView['rows']): TablesView['deletedRows'] {
  const { monotonic } = context.now();
  const kept = before.deletedRows.filter(
    ({ until, row }) => until > monotonic && !rows.some(one => one.uid === row.uid),
  );
  const chosen = before.rows.find(({ uid }) => uid === before.cursor);
  const isGone = chosen !== undefined && context.live?.view.byUid(chosen.uid) === undefined;
  if (!isGone || kept.some(({ row }) => row.uid === chosen.uid)) return kept;
  return [...kept, { row: chosen, until: monotonic + DELETED_SHOWN_MS }];
}
