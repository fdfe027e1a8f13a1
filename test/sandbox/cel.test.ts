import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { celOf, celProblem } from '../../src/sandbox/cel/cel.ts';

const scope = {
  object: {
    metadata: { name: 'web', labels: { app: 'x', 'a.b/c': 'd' } },
    spec: { replicas: 3, ports: [{ port: 80 }, { port: 443, name: 'tls' }], empty: [] },
  },
};
const value = (source: string) => celOf(source).value(scope);

describe('expressions', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['7 / 2', 3],
    ['-7 % 4', -3],
    ['7.5 / 2.5', 3],
    ['\'a\' + "b"', 'ab'],
    ["r'\\d' + '\\n'", '\\d\n'],
    ['[1, 2] + [3]', [1, 2, 3]],
    ["{'a': 1}.a", 1],
    ["{'a': {'b': 2}} == {'a': {'b': 2}}", true],
    ['1 < 2 && 2 <= 2 && 3 > 2 && !(3 >= 4)', true],
    ["'a' < 'b'", true],
    ['true ? 1 : 2', 1],
    ['2 in [1, 2]', true],
    ["'app' in object.metadata.labels", true],
    ["object.metadata.labels['a.b/c']", 'd'],
    ['has(object.spec.replicas) && !has(object.spec.paused)', true],
    ['size(object.spec.ports) == object.spec.ports.size()', true],
    ['object.spec.ports.all(p, p.port > 0)', true],
    ['object.spec.ports.exists(p, has(p.name) && p.name == "tls")', true],
    ['object.spec.ports.exists_one(p, p.port > 0)', false],
    ['object.spec.ports.map(p, p.port)', [80, 443]],
    ['object.spec.ports.map(p, p.port > 80, p.port)', [443]],
    ['object.spec.ports.filter(p, p.port == 80).size()', 1],
    ['object.metadata.labels.all(key, key.size() > 2)', true],
    ['object.spec.empty.all(x, false)', true],
    ["'web'.startsWith('w') && 'web'.endsWith('b') && 'web'.contains('e')", true],
    ["'web1'.matches('^[a-z]+[0-9]$')", true],
    ["'a,b'.split(',').join('-')", 'a-b'],
    ["int('12') + 1", 13],
    ["string(5) + 'x'", '5x'],
    ["object.?status.?phase.orValue('none')", 'none'],
    ['object.?spec.?replicas.hasValue()', true],
    ["object.metadata.labels[?'zz'].orValue('no')", 'no'],
    ['false && object.nothing', false],
    ['object.nothing || true', true],
    ['1 // and no more', 1],
    ['dyn(1) == 1.0', true],
    ['[3, 1, 2].sum()', 6],
    ['[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3', true],
    ['object.spec.replicas / 2', 1],
    ["'aXbX'.replace('X', 'y')", 'ayby'],
  ])('%s', (source, expected) => {
    expect(value(source)).toEqual(expected);
  });

  test.each([
    ['object.nothing', 'no such key: nothing'],
    ["object.metadata.labels['zz']", 'no such key: zz'],
    ["1 + 'a'", 'no such overload'],
    ['1 / 0', 'division by zero'],
    ['nobody', "undeclared reference to 'nobody'"],
    ['1 ? 2 : 3', 'no such overload'],
    ["int('x')", 'type conversion error'],
    ['frobnicate(1)', "found no matching overload for 'frobnicate(int)'"],
    ['1 + 1.5', 'no such overload: int + double'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['object.nothing && true', 'no such key: nothing'],
  ])('%s has no value', (source, why) => {
    expect(() => value(source)).toThrow(why);
    expect(celOf(source).tryValue(scope)).toBeUndefined();
  });

  test.each(['', '1 +', 'object.', '(1', '[1, 2', "'open", 'a b', '{1}', '1 ? 2', '#'])('%j is none', source => {
    expect(celProblem(source)).toMatch(/^Syntax error/);
  });

  test('names that are spoken of', () => {
    expect(celOf('self.all(x, x > oldSelf[0])').mentions('oldSelf')).toBe(true);
    expect(celOf("self['oldSelf'] == 'oldSelf'").mentions('oldSelf')).toBe(false);
  });
});

describe('laws', () => {
  const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: true });

  test('every text can be written and read again', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const source = `'${text.replace(/[\\'\n\r]/g, c => (c === '\n' ? '\\n' : c === '\r' ? '\\r' : `\\${c}`))}'`;
        expect(celOf(source).value({})).toBe(text);
      }),
    );
  });

  test('everything equals itself, and is found in a list of itself', () => {
    fc.assert(
      fc.property(json, x => {
        expect(celOf('x == x && x in [x] && !(x != x)').value({ x })).toBe(true);
      }),
    );
  });

  test('all is the opposite of exists with the opposite', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, limit) => {
        const names = { items, limit };
        expect(celOf('items.all(x, x < limit)').value(names)).toBe(
          celOf('!items.exists(x, !(x < limit))').value(names),
        );
      }),
    );
  });
});
