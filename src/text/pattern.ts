/**
 * Whether a text fits a pattern in which `*` stands for any run of characters: whether it is the pattern's parts in their order with anything between them. Between the first and the last part the earliest place
 * for a part is never worse than a later one, so nothing is ever tried twice.
 */
export function fitsPattern(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
