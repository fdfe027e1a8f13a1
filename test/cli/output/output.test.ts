import { afterEach, expect, it, vi } from 'vitest';
import type { GlobalOptions } from '../../../src/cli/globals.ts';
import { linePrinter, print } from '../../../src/cli/output/output.ts';

const globals = (options: Partial<GlobalOptions>): GlobalOptions => ({ output: 'text', color: 'auto', ...options });

function printed(act: () => void): string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  act();
  return write.mock.calls.map(([text]) => String(text)).join('');
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

it.each([
  ['json', '{\n  "a": "✓"\n}\n'],
  ['jsonl', '{"a":"✓"}\n'],
  ['yaml', 'a: ✓\n'],
  ['text', '+ a > b\n+ c\n'],
] as const)('prints %s, and only text in ASCII', (output, expected) => {
  const text = printed(() => print({ a: '✓' }, globals({ output, ascii: true }), () => ['✓ a → b', '✓ c']));
  expect(text).toBe(expected);
});

it('keeps its glyphs in a UTF-8 locale and drops them where the locale has none', () => {
  vi.stubEnv('LC_ALL', 'C.UTF-8');
  expect(printed(() => linePrinter(globals({}))('✗ gone'))).toBe('✗ gone\n');
  vi.restoreAllMocks();
  vi.stubEnv('LC_ALL', 'C');
  expect(printed(() => linePrinter(globals({}))('✗ gone'))).toBe('x gone\n');
});
