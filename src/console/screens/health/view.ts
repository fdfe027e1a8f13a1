import type { Sync } from '../../../health/sync.ts';
import { type ObjectRow, objectRow } from '../../../health/table/object-row.ts';
import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import { type FilterTerm, filterTerms, meets } from '../../widgets/filter.ts';

export type Sort = 'state' | 'name' | 'age';

/** One kind in the list of kinds. */
export interface KindEntry {
  kind: ViewKind;
  count: number;
  sync: Sync;
}

/** A row of an object that is gone, which stays in sight for a moment. */
interface DeletedRow {
  row: ObjectRow;
  /** Monotonic milliseconds until which it is shown. */
  until: number;
}

/** The tables of objects. */
export interface TablesView {
  kind: ViewKind;
  kinds: readonly KindEntry[];
  /** Of the chosen kind or of those that the filter names, filtered and sorted. */
  rows: readonly ObjectRow[];
  /** How many there are without the filter. */
  all: number;
  deletedRows: readonly DeletedRow[];
  filter: string;
  terms: readonly FilterTerm[];
  isTyping: boolean;
  sort: Sort;
  /** The uid under the cursor. */
  cursor: string | undefined;
}

export const NO_TABLES: TablesView = {
  kind: 'Pod',
  kinds: [],
  rows: [],
  all: 0,
  deletedRows: [],
  filter: '',
  terms: [],
  isTyping: false,
  sort: 'state',
  cursor: undefined,
};

/** How long a row that is gone stays, milliseconds. */
export const DELETED_SHOWN_MS = 3_000;

const ALL = Object.keys(VIEW_KINDS) as ViewKind[];

/**
 * The kinds that the cluster serves, in the order of the view. Events have no table of their own; they are shown with
 * their objects.
 */
export const kindEntries = (view: ClusterView): KindEntry[] =>
  ALL.filter(kind => kind !== 'Event' && view.serves(kind) !== false && !isNotServed(view.sync(kind))).map(kind => ({
    kind,
    count: view.count(kind),
    sync: view.sync(kind),
  }));

const isNotServed = (sync: Sync): boolean => sync.state === 'blind' && sync.reason === 'not served';

const ORDER = ['fail', 'warn', 'stale', 'blind', 'wait', 'ok'];

const byName = (a: ObjectRow, b: ObjectRow): number =>
  compare(a.ref.namespace ?? '', b.ref.namespace ?? '') || compare(a.ref.name, b.ref.name);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const SORTS: Readonly<Record<Sort, (a: ObjectRow, b: ObjectRow) => number>> = {
  name: byName,
  state: (a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || byName(a, b),
  age: (a, b) => (b.created ?? 0) - (a.created ?? 0) || byName(a, b),
};

/** The kinds of the table: the chosen one, or all that a `kind:` of the filter names. */
export const shownKinds = (
  kinds: readonly KindEntry[],
  { kind, terms }: Pick<TablesView, 'kind' | 'terms'>,
): KindEntry[] => {
  const named = terms.flatMap(term => term.kind ?? []);
  return kinds.filter(one =>
    named.length === 0 ? one.kind === kind : named.every(part => one.kind.toLowerCase().includes(part)),
  );
};

/** The rows of the shown kinds that meet the filter, in order. */
export function tableRows(
  view: ClusterView,
  { kind, terms, sort }: Pick<TablesView, 'kind' | 'terms' | 'sort'>,
  rowOf: (object: ViewObject) => ObjectRow = objectRow,
): { rows: ObjectRow[]; all: number } {
  const rows: ObjectRow[] = [];
  let all = 0;
  for (const { kind: one } of shownKinds(kindEntries(view), { kind, terms }))
    for (const object of view.all(one)) {
      all++;
      const row = rowOf(object);
      if (meets(row, terms)) rows.push(row);
    }
  return { rows: rows.sort(SORTS[sort]), all };
}

/** The state with another filter text. */
export const withFilter = (tables: TablesView, filter: string): TablesView => ({
  ...tables,
  filter,
  terms: filterTerms(filter),
});

/** The row under the cursor, by uid, even if it has just disappeared; otherwise the first. */
export function chosenRow({
  rows,
  deletedRows: goneRows,
  cursor,
}: TablesView): { row: ObjectRow; isGone: boolean } | undefined {
  const row = rows.find(one => one.uid === cursor);
  if (row) return { row, isGone: false };
  const deletedRow = goneRows.find(one => one.row.uid === cursor);
  if (deletedRow) return { row: deletedRow.row, isGone: true };
  return rows[0] && { row: rows[0], isGone: false };
}
