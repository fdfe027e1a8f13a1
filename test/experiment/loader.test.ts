import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPERIMENT, type RawExperiment } from '../../src/experiment/document-shape.ts';
import { decode } from '../../src/experiment/yaml/decode.ts';
import { openDocument } from '../../src/experiment/yaml/document.ts';
import { asText, plainScalar } from '../../src/experiment/yaml/scalar.ts';
import { matches, parseSelector, type Requirement } from '../../src/k8s/selector-text.ts';
import { parseDuration } from '../../src/text/duration.ts';

const EXPERIMENT_FILE = { a: 'a ChaosExperiment', each: 'experiment' };

/** What the framework's own loader (sigs.k8s.io/yaml, strict), time.ParseDuration and labels.Parse said of each text. */
function vectors<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../fixtures/documents/${name}.json`, import.meta.url), 'utf8')) as T[];
}

function read(yaml: string): { ok: boolean; raw: RawExperiment } {
  const opened = openDocument(yaml, EXPERIMENT_FILE);
  if (!opened.ok) return { ok: false, raw: {} };
  const { value, issues } = decode(opened.document, opened.root, EXPERIMENT);
  return { ok: issues.length === 0, raw: (value ?? {}) as RawExperiment };
}

describe('documents as the framework’s loader reads them', () => {
  it.each(vectors<{ yaml: string; ok: boolean; parameters?: Record<string, string> }>('loader'))(
    '$yaml',
    ({ yaml, ok, parameters }) => {
      const { ok: accepted, raw } = read(yaml);
      expect(accepted).toBe(ok);
      if (ok) expect({ ...raw.spec?.injection?.parameters }).toEqual(parameters);
    },
  );
});

describe('durations', () => {
  it.each(vectors<{ text: string; ms: number | null }>('durations'))('$text', ({ text, ms }) => {
    expect(parseDuration(text) ?? null).toBe(ms);
  });
});

describe('label selectors', () => {
  it.each(vectors<{ text: string; ok: boolean }>('selectors'))('$text', ({ text, ok }) => {
    expect(typeof parseSelector(text) !== 'string').toBe(ok);
  });

  it.each([
    ['a=b', { a: 'b' }, true],
    ['a=b', {}, false],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a in (b, c)', { a: 'c' }, true],
    ['a notin (b, c)', { a: 'c' }, false],
    ['a', { a: '' }, true],
    ['!a', { a: '' }, false],
    ['a>1,b<2', { a: '2', b: '1' }, true],
    ['a>1', { a: '1' }, false],
  ])('%s on %o is %s', (text, labels, expected) => {
    expect(matches(parseSelector(text) as Requirement[], labels as Record<string, string>)).toBe(expected);
  });
});

describe('one document a file', () => {
  it('names both documents of a file with two', () => {
    expect(openDocument('a: 1\n---\nb: 2\n', EXPERIMENT_FILE)).toEqual({
      ok: false,
      message: 'expected one document, found 2: put each experiment into a file of its own',
      offset: 5,
    });
  });

  it.each(['', '# nothing\n', '---\n', '---\n---\n', '~\n'])('finds nothing in %j', text => {
    expect(openDocument(text, EXPERIMENT_FILE)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/found (an )?empty/),
    });
  });

  it('cannot be blown up by aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 9; level += 1) {
      const before = `*a${level - 1}`;
      lines.push(`a${level}: &a${level} [${Array(10).fill(before).join(', ')}]`);
    }
    const bomb = `x: &x\n${lines.map(line => `  ${line}`).join('\n')}\nspec: {blastRadius: {allowedNamespaces: [a]}, injection: *x}\n`;
    expect(read(bomb).ok).toBe(false);
  });
});

describe('scalars where text is wanted', () => {
  it('keeps every digit of whole numbers', () =>
    expect(asText(plainScalar('9007199254740993') as bigint)).toBe('9007199254740993'));
  it('rounds floats to 32 bits, as the framework does', () =>
    expect(asText(plainScalar('3.14159265358979') as number)).toBe('3.1415927'));
});
