/** One measured figure beside its budget (design of the product, table of budgets). */
export interface Figure {
  what: string;
  measured: string;
  budget: string;
}

/** Prints figures as a table. */
export function printFigures(figures: readonly Figure[]): void {
  const width = (pick: (f: Figure) => string) => Math.max(...figures.map(f => pick(f).length));
  const [a, b] = [width(f => f.what), width(f => f.measured)];
  for (const f of figures) process.stdout.write(`${f.what.padEnd(a)}  ${f.measured.padStart(b)}  budget ${f.budget}\n`);
}
