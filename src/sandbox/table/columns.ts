import recorded from '../recorded/tables.json' with { type: 'json' };
import { created, text } from './cells.ts';
import { CLUSTER_CELLS } from './cluster.ts';
import { NETWORK_CELLS } from './network.ts';
import { POLICY_CELLS } from './policy.ts';
import type { Cells, Column, TableShape } from './shape.ts';
import { STORAGE_CELLS } from './storage.ts';
import { WORKLOAD_CELLS } from './workloads.ts';

type RecordedColumn = readonly [name: string, type: string, format: string, priority: number];
const COLUMNS = recorded as unknown as Readonly<Record<string, readonly RecordedColumn[]>>;

const CELLS: Readonly<Record<string, Cells>> = {
  ...WORKLOAD_CELLS,
  ...NETWORK_CELLS,
  ...POLICY_CELLS,
  ...STORAGE_CELLS,
  ...CLUSTER_CELLS,
};

const PLAIN: readonly RecordedColumn[] = [
  ['Name', 'string', 'name', 0],
  ['Created At', 'date', '', 0],
];

/** The columns of all other kinds: name and age. */
const plainCells =
  (columns: readonly Column[]): Cells =>
  (object, now) =>
    columns.map(({ name }) => {
      if (name === 'Name') return object.metadata.name;
      if (name === 'Age') return created(object, now);
      return name === 'Created At' ? text(object.metadata.creationTimestamp, '') : '';
    });

/** The table of a built-in resource. */
export function builtinShape(key: string): TableShape {
  const columns = (COLUMNS[key] ?? PLAIN).map(
    ([name, type, format, priority]): Column => ({ name, type, format, description: '', priority }),
  );
  return { columns, cells: CELLS[key] ?? plainCells(columns) };
}
