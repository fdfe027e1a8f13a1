/** One member of a JSON object, with the unparsed text of its value. */
export interface RawMember {
  name: string;
  raw: string;
}

/** Folds a name so that two names are equal if Go's encoding/json takes them for the same: without case, by Unicode's simple folding. */
export const fold = (name: string): string => name.toUpperCase().toLowerCase();

/**
 * The deepest nesting that is accepted in a record. Recursive functions handle the values, and must not run out of stack. Kubernetes reads
 * JSON up to a depth of 10,000, but no real spec comes near 200.
 */
const DEEPEST = 200;

/** Whether brackets in `text`, outside of strings, are nested deeper than a record may be. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    if (depth > DEEPEST) return true;
  }
  return false;
}

/** The members of the JSON object in `text`, in order, duplicates included; a text says why it cannot be read. */
export function members(text: string): RawMember[] | string {
  if (isTooDeep(text)) return `nested deeper than ${DEEPEST} levels`;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a JSON object';
  } catch {
    return 'not JSON';
  }
  // The text is known to be a valid object from here on, so the scanner only has to find where values end.
  const found: RawMember[] = [];
  let at = text.indexOf('{') + 1;
  for (;;) {
    at = skipBlank(text, at);
    if (text[at] === '}') return found;
    if (text[at] === ',') at = skipBlank(text, at + 1);
    const nameEnd = endOfString(text, at);
    const name = JSON.parse(text.slice(at, nameEnd)) as string;
    const start = skipBlank(text, skipBlank(text, nameEnd) + 1);
    at = endOfValue(text, start);
    found.push({ name, raw: text.slice(start, at) });
  }
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(text[at] ?? '.')) at += 1;
  return at;
}

/** Index after the closing quote of the string that starts at `from`. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function endOfValue(text: string, from: number): number {
  const first = text[from];
  if (first === '"') return endOfString(text, from);
  if (first === '{' || first === '[') return endOfNested(text, from);
  let at = from;
  while (!',}] \t\n\r'.includes(text[at] ?? ',')) at += 1;
  return at;
}

function endOfNested(text: string, from: number): number {
  let depth = 0;
  let at = from;
  do {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (char === '{' || char === '[') depth += 1;
    if (char === '}' || char === ']') depth -= 1;
    at += 1;
  } while (depth > 0);
  return at;
}
