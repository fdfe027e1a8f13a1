import { stringify } from 'yaml';
import { ASCII, asciiText, glyphsFor } from '../text/glyphs.ts';
import type { Clean } from '../text/sanitise.ts';
import type { GlobalOptions } from './globals.ts';

/** Prints one result in the form asked for: JSON and YAML whole, JSON lines as one line, text as the command words it. */
export function print(value: unknown, globals: GlobalOptions, text: () => string | readonly string[]): void {
  process.stdout.write(render(value, globals, text));
}

/** Prints lines for people, in ASCII where that was asked for or the terminal has nothing else. */
export function say(globals: GlobalOptions): (line: string) => void {
  const isPlain = needsAscii(globals);
  return line => void process.stdout.write(`${isPlain ? asciiText(line as Clean) : line}\n`);
}

function render(value: unknown, globals: GlobalOptions, text: () => string | readonly string[]): string {
  const { output } = globals;
  if (output === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  if (output === 'jsonl') return `${JSON.stringify(value)}\n`;
  if (output === 'yaml') return stringify(value);
  const isPlain = needsAscii(globals);
  const lines = [text()].flat();
  return lines.map(line => `${isPlain ? asciiText(line as Clean) : line}\n`).join('');
}

/** Only text for people: JSON is the same everywhere. */
const needsAscii = ({ ascii, output }: GlobalOptions): boolean =>
  output === 'text' && glyphsFor(process.env, ascii === true) === ASCII;
