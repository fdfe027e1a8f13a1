/** One member of a JSON object, its value as the text that stands there. */
export interface RawMember {
  name: string;
  raw: string;
}

/** Names compare as Go compares them: without case, Unicode's simple folding included. */
export const fold = (name: string): string => name.toUpperCase().toLowerCase();

/**
 * Deepest nesting of a record. Kubernetes itself reads no JSON deeper than 10,000, and no spec that people write comes near this; what
 * handles a value calls itself for each level, and must not run out of stack.
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

/** The members of the JSON object in `text`, in order, duplicates included; or why there are none. */
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
