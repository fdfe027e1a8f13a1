/** Splits a command line into words as a shell does: blanks separate, single and double quotes hold together. */
export function words(line: string): string[] {
  const parts = line.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g);
  return [...parts].map(([word]) =>
    word.replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g, (_, single?: string, double?: string) =>
      single === undefined ? (double ?? '').replace(/\\(.)/g, '$1') : single,
    ),
  );
}
