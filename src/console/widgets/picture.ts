/** A layout whose lines are painted. What looks as it did before is the same object as before, so that React passes it over. */
export type Picture =
  | { is: 'pane'; columns: number; rows: readonly string[] }
  | { is: 'row' | 'column'; gap: number; parts: readonly Picture[] };
