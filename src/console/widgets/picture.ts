/** A layout whose lines are painted. A part that looks the same as before is the same object, so that React skips it. */
export type Picture =
  | { is: 'pane'; columns: number; rows: readonly string[] }
  | { is: 'row' | 'column'; gap: number; parts: readonly Picture[] };
