import type { KubeObject } from '../object.ts';

/** A column as the server describes it. */
export interface Column {
  name: string;
  type: string;
  format: string;
  description: string;
  priority: number;
}

/** The cells of an object's row, in the order of the columns; `now` in milliseconds since 1970. */
export type Cells = (object: KubeObject, now: number) => unknown[];

/** How objects of one resource are shown as rows. */
export interface TableShape {
  columns: readonly Column[];
  cells: Cells;
}
