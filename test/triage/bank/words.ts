/** Splits a command line into words: blanks separate, single and double quotes hold together. */
export function words(line: string): string[] {
  const found: string[] = [];
  for (const [, single, double, plain] of line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g))
    found.push(single ?? double ?? plain ?? '');
  return found;
}
