import { ASCII, asciiText, glyphsFor } from '../text/glyphs.ts';
import { jsonText } from '../text/json.ts';
import type { Clean } from '../text/sanitise.ts';
import { yamlText } from '../text/yaml.ts';
import type { GlobalOptions } from './globals.ts';
import { cleanLine } from './tell.ts';
import { hearer } from './voice.ts';

// The only place of the commands that writes results to standard output: a line leaves as `Clean`, data with every unseen character escaped.

/** Prints one result in the form asked for: JSON and YAML whole, JSON lines as one line, text as the command words it. */
export function print(value: unknown, globals: GlobalOptions, text: () => string | readonly string[]): void {
  write(render(value, globals, text), value);
}

/** Prints lines for people, in ASCII where that was asked for or the terminal has nothing else. */
export function say(globals: GlobalOptions): (line: string) => void {
  const isPlain = needsAscii(globals);
  return line => write(`${shownLine(line, isPlain)}\n`);
}

/** Prints a text of our own as it is, such as a script for a shell: no word of it comes from a cluster, a file or the command line. */
export function sayOwn(text: string): void {
  write(`${text.trimEnd()}\n`);
}

/** Writes to the terminal as it is, cursor movements too: of our own, with lines that are `Clean` already. */
export function writeOwn(text: string): void {
  process.stdout.write(text);
}

/** Prints one value as a line of JSON, whatever form was asked for. */
export function sayJson(value: unknown): void {
  write(`${jsonText(value)}\n`, value);
}

function write(text: string, value?: unknown): void {
  const heard = hearer();
  if (heard) heard.out(text, value);
  else process.stdout.write(text);
}

function render(value: unknown, globals: GlobalOptions, text: () => string | readonly string[]): string {
  const { output } = globals;
  if (output === 'json') return `${jsonText(value, 2)}\n`;
  if (output === 'jsonl') return `${jsonText(value)}\n`;
  if (output === 'yaml') return yamlText(value);
  const isPlain = needsAscii(globals);
  const lines = [text()].flat();
  return lines.map(line => `${shownLine(line, isPlain)}\n`).join('');
}

const shownLine = (line: string, isPlain: boolean): Clean => (isPlain ? asciiText(cleanLine(line)) : cleanLine(line));

/** Only text for people: JSON is the same everywhere. */
const needsAscii = ({ ascii, output }: GlobalOptions): boolean =>
  output === 'text' && glyphsFor(process.env, ascii === true) === ASCII;

/** Columns for wrapped text: those of the terminal, within limits; 80 without a terminal. */
export const columns = (): number => Math.max(40, Math.min(process.stdout.columns ?? 80, 120));

/** Columns of the terminal as they are; 80 without one. */
export const terminalColumns = (): number => process.stdout.columns ?? 80;

/** Rows of the terminal; 24 without one. */
export const terminalRows = (): number => process.stdout.rows ?? 24;

/** Whether people see the results as they come. */
export const isTerminal = (): boolean => hearer() === undefined && process.stdout.isTTY === true;
