/** Invalid JSON. The message is that of Go's decoder. */
export class JsonError extends Error {}

interface Scan {
  readonly text: string;
  at: number;
  /** Paths of duplicate members. */
  readonly duplicates: string[];
}

const END = 'unexpected end of JSON input';

function unexpected(scan: Scan, where: string): JsonError {
  const char = scan.text[scan.at];
  return new JsonError(char === undefined ? END : `invalid character ${quoted(char)} ${where}`);
}

const quoted = (char: string): string => (char === "'" ? "'\\''" : `'${char}'`);

function skipSpace(scan: Scan): void {
  while (/[ \t\r\n]/.test(scan.text[scan.at] ?? 'x')) scan.at++;
}

function scanString(scan: Scan): string {
  const start = scan.at;
  for (scan.at++; scan.text[scan.at] !== '"'; scan.at++) {
    if (scan.text[scan.at] === '\\') scan.at++;
    if (scan.at >= scan.text.length) throw new JsonError(END);
  }
  scan.at++;
  return JSON.parse(scan.text.slice(start, scan.at)) as string;
}

function scanWord(scan: Scan, word: string): void {
  for (const [i, expected] of [...word].entries()) {
    if (scan.text[scan.at] !== expected)
      throw unexpected(
        scan,
        i === 0 ? 'looking for beginning of value' : `in literal ${word} (expecting '${expected}')`,
      );
    scan.at++;
  }
}

const WORDS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

function scanValue(scan: Scan, path: string): void {
  skipSpace(scan);
  const char = scan.text[scan.at] ?? '';
  if (char === '{') scanObject(scan, path);
  else if (char === '[') scanArray(scan, path);
  else if (char === '"') scanString(scan);
  else if (WORDS[char]) scanWord(scan, WORDS[char]);
  else scanNumber(scan);
}

function scanNumber(scan: Scan): void {
  const [number] = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/.exec(scan.text.slice(scan.at, scan.at + 400)) ?? [];
  if (number === undefined) throw unexpected(scan, 'looking for beginning of value');
  scan.at += number.length;
}

function scanObject(scan: Scan, path: string): void {
  const names = new Set<string>();
  scan.at++;
  skipSpace(scan);
  while (scan.text[scan.at] !== '}' || names.size > 0) {
    if (scan.text[scan.at] !== '"') throw unexpected(scan, 'looking for beginning of object key string');
    const name = scanString(scan);
    const inner = path === '' ? name : `${path}.${name}`;
    if (names.has(name)) scan.duplicates.push(inner);
    names.add(name);
    skipSpace(scan);
    if (scan.text[scan.at] !== ':') throw unexpected(scan, 'after object key');
    scan.at++;
    scanValue(scan, inner);
    if (isLast(scan, '}', 'after object key:value pair')) return;
  }
  scan.at++;
}

function scanArray(scan: Scan, path: string): void {
  scan.at++;
  skipSpace(scan);
  if (scan.text[scan.at] === ']') {
    scan.at++;
    return;
  }
  for (let i = 0; ; i++) {
    scanValue(scan, `${path}[${i}]`);
    if (isLast(scan, ']', 'after array element')) return;
  }
}

/** Skips a comma or the closing character. True when it was the closing one. */
function isLast(scan: Scan, close: string, where: string): boolean {
  skipSpace(scan);
  const char = scan.text[scan.at];
  if (char !== ',' && char !== close) throw unexpected(scan, where);
  scan.at++;
  skipSpace(scan);
  return char === close;
}

/** Reads JSON. Duplicate members are reported by path; the last one counts. Throws JsonError. */
export function readJson(text: string): { value: unknown; duplicates: readonly string[] } {
  const scan: Scan = { text, at: 0, duplicates: [] };
  scanValue(scan, '');
  skipSpace(scan);
  if (scan.at < text.length) throw unexpected(scan, 'after top-level value');
  return { value: JSON.parse(text), duplicates: scan.duplicates };
}
