import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = new URL('../../../src/', import.meta.url).pathname;
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter(name => /\.tsx?$/.test(name))
  .map(name => ({ name, text: readFileSync(join(SOURCE, name), 'utf8') }));
const mentioning = (pattern: RegExp): string[] =>
  sources
    .filter(({ text }) => pattern.test(text))
    .map(({ name }) => name)
    .toSorted();

test('the streams of the process are in few hands', () => {
  expect(
    mentioning(/process(\?*\.|\[['"])(stdout|stderr)|\{[^{}]*\b(stdout|stderr)\b[^{}]*\}\s*=\s*process\b/),
  ).toEqual([
    'bin/mayday.ts',
    'bin/reexec.ts',
    // Asks, and reads the answer where it is typed.
    'cli/confirm.ts',
    // Asks whether there is a terminal for the full screen.
    'cli/console/console.ts',
    // Hands the terminal to the screen.
    'cli/console/deps.ts',
    // Waits until everything is said.
    'cli/main.ts',
    'cli/output/notice.ts',
    'cli/output/output.ts',
    // Asks how large a page is.
    'cli/output/pager.ts',
  ]);
});

test('a command writes through the modules that make every line harmless, and through nothing else', () => {
  expect(mentioning(/(stdout|stderr)\s*\.\s*write\(/).filter(name => !/^(bin|console)\//.test(name))).toEqual([
    'cli/output/notice.ts',
    'cli/output/output.ts',
  ]);
  expect(mentioning(/from 'node:(fs|tty)'[\s\S]*(writeSync\([12]\b|WriteStream\([12]\b)/)).toEqual([]);
});
