/**
 * What changed since the last batch. A row that was added and removed in between is not in it. An object that was
 * deleted and created again is two rows: the new one may be added before the old one is removed, so identify rows by
 * uid.
 */
export interface Batch<Row> {
  added: Row[];
  changed: Row[];
  removed: Row[];
}

/** Slim rows by key, and the changes not yet handed out. */
export interface RowStore<Row> {
  readonly rows: ReadonlyMap<string, Row>;
  put(key: string, row: Row): void;
  remove(key: string): void;
  /** Removes the rows whose keys are not among these: what a complete list did not contain. */
  keepOnly(keys: ReadonlySet<string>): void;
  /** Hands out the changes and forgets them. */
  take(): Batch<Row>;
}

type Pending<Row> = { is: 'absent' } | { is: 'present'; row: Row };

/** `same` compares two rows; an unchanged row is not reported. */
export function createRowStore<Row>(same: (a: Row, b: Row) => boolean): RowStore<Row> {
  const rows = new Map<string, Row>();
  const pending = new Map<string, Pending<Row>>();

  function note(key: string) {
    if (pending.has(key)) return;
    pending.set(key, rows.has(key) ? { is: 'present', row: rows.get(key) as Row } : { is: 'absent' });
  }

  function remove(key: string) {
    if (!rows.has(key)) return;
    note(key);
    rows.delete(key);
  }

  return {
    rows,
    put(key, row) {
      if (rows.has(key) && same(rows.get(key) as Row, row)) return;
      note(key);
      rows.set(key, row);
    },
    remove,
    keepOnly(keys) {
      for (const key of [...rows.keys()]) if (!keys.has(key)) remove(key);
    },
    take() {
      const batch: Batch<Row> = { added: [], changed: [], removed: [] };
      for (const [key, before] of pending) {
        const now = rows.get(key);
        if (before.is === 'absent') {
          if (rows.has(key)) batch.added.push(now as Row);
        } else if (!rows.has(key)) batch.removed.push(before.row);
        else if (!same(before.row, now as Row)) batch.changed.push(now as Row);
      }
      pending.clear();
      return batch;
    },
  };
}

/** Whether two plain rows have the same fields with identical values. */
export function sameFields<Row>(a: Row, b: Row): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const keys = Object.keys(a) as (keyof Row)[];
  return keys.length === Object.keys(b).length && keys.every(key => Object.is(a[key], b[key]));
}
