import { ASCII, asciiText, glyphsFor } from '../../text/glyphs.ts';
import { jsonText } from '../../text/json.ts';
import type { Clean } from '../../text/sanitise.ts';
import { yamlText } from '../../text/yaml.ts';
import type { GlobalOptions } from '../globals.ts';
import { currentCapture } from './capture.ts';
import { cleanLine } from './notice.ts';

// The only module of the commands that writes results to standard output: lines are sanitised, and in data every invisible character is escaped.

/** Prints one result in the form asked for: JSON and YAML as a whole, JSON lines as one line, text as `text` gives it. */
export function print(value: unknown, globals: GlobalOptions, text: () => string | readonly string[]): void {
  write(render(value, globals, text), value);
}

/** Gives a function that prints a line for people, in ASCII where that was asked for or the terminal has nothing else. */
export function linePrinter(globals: GlobalOptions): (line: string) => void {
  const isPlain = needsAscii(globals);
  return line => write(`${shownLine(line, isPlain)}\n`);
}

/** Prints a constant text unchanged, such as a script for a shell. It must not contain anything from a cluster, a file or the command line. */
export function printUnchanged(text: string): void {
  write(`${text.trimEnd()}\n`);
}

/** Writes to the terminal unchanged, cursor movements included. Its lines must be `Clean`. */
export function writeToTerminal(text: string): void {
  process.stdout.write(text);
}

/** Prints one value as a line of JSON, whatever form was asked for. */
export function printJsonLine(value: unknown): void {
  write(`${jsonText(value)}\n`, value);
}

function write(text: string, value?: unknown): void {
  const capture = currentCapture();
  if (capture) capture.out(text, value);
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

/** Whether lines are printed in ASCII. JSON is not affected. */
const needsAscii = ({ ascii, output }: GlobalOptions): boolean =>
  output === 'text' && glyphsFor(process.env, ascii === true) === ASCII;

/** Columns for wrapped text: those of the terminal, within limits; 80 without a terminal. */
export const columns = (): number => Math.max(40, Math.min(process.stdout.columns ?? 80, 120));

/** Columns of the terminal, without limits; 80 without a terminal. */
export const terminalColumns = (): number => process.stdout.columns ?? 80;

/** Rows of the terminal; 24 without one. */
export const terminalRows = (): number => process.stdout.rows ?? 24;

/** Whether results appear on a terminal as they are printed. */
export const isTerminal = (): boolean => currentCapture() === undefined && process.stdout.isTTY === true;
