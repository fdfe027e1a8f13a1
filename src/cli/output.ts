import { stringify } from 'yaml';
import type { Output } from './globals.ts';

/** Prints one result in the form asked for: JSON and YAML whole, JSON lines as one line, text as the command words it. */
export function render(value: unknown, output: Output, text: () => string): string {
  if (output === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  if (output === 'jsonl') return `${JSON.stringify(value)}\n`;
  if (output === 'yaml') return stringify(value);
  const words = text();
  return words === '' || words.endsWith('\n') ? words : `${words}\n`;
}
