import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { age, clockText, DURATION_PATTERN, formatDuration, measured, parseDuration } from '../../src/text/duration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('parseDuration', () => {
  it.each([
    ['1h2m3s', HOUR + 2 * MINUTE + 3 * SECOND],
    ['500ms', 500],
    ['1.5h', 90 * MINUTE],
    ['.5m', 30 * SECOND],
    ['1.s', SECOND],
    ['3.25s', 3250],
    ['-2m', -2 * MINUTE],
    ['+5s', 5 * SECOND],
    ['0', 0],
    ['-0', 0],
    ['0s', 0],
    ['10us', 0.01],
    ['10µs', 0.01],
    ['10μs', 0.01],
    ['1ns', 1e-6],
    ['1m30s500ms', MINUTE + 30 * SECOND + 500],
    ['2s1h', HOUR + 2 * SECOND],
    ['100000h', 100000 * HOUR],
  ])('reads %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each([
    '',
    ' ',
    '5',
    '1.5',
    's',
    '.s',
    '-',
    '+',
    '1h2',
    '5 s',
    '1d',
    '5S',
    '1h-2m',
    '1,5s',
    '0x5s',
    '3000000h',
    '1..5s',
    '５s',
  ])('refuses %j', text => expect(parseDuration(text)).toBeUndefined());

  it('does not break on hostile text', () =>
    fc.assert(fc.property(fc.string(), text => ['number', 'undefined'].includes(typeof parseDuration(text)))));
});

describe('formatDuration', () => {
  it.each([
    [0, '0s'],
    [500, '500ms'],
    [1500, '1.5s'],
    [MINUTE, '1m0s'],
    [HOUR + 2 * MINUTE + 3500, '1h2m3.5s'],
    [HOUR, '1h0m0s'],
    [0.0015, '1.5µs'],
    [0.000001, '1ns'],
    [-2500, '-2.5s'],
  ])('%d ms is %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text));

  it('is read back as what it was', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: -1e10, max: 1e10 }),
        milliseconds => parseDuration(formatDuration(milliseconds)) === milliseconds,
      ),
    ));
});

describe('age', () => {
  it.each([
    [-5, '0s'],
    [999, '0s'],
    [41_900, '41s'],
    [12 * MINUTE + 5 * SECOND, '12m5s'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 59 * SECOND, '3h'],
    [50 * HOUR, '2d2h'],
    [400 * 24 * HOUR, '1y35d'],
  ])('%d ms is %s', (milliseconds, text) => expect(age(milliseconds)).toBe(text));
});

describe('clockText', () => {
  it('shows minutes and seconds, and hours when there are any', () => {
    expect(clockText(161_000)).toBe('2:41');
    expect(clockText(HOUR + 2 * MINUTE + 41 * SECOND)).toBe('1:02:41');
    expect(clockText(-5000)).toBe('-0:05');
  });
  it('is 0:00 on a countdown only when it is over', () => {
    expect(clockText(1, 'countdown')).toBe('0:01');
    expect(clockText(0, 'countdown')).toBe('0:00');
    expect(clockText(-300, 'countdown')).toBe('0:00');
    expect(clockText(999, 'stopwatch')).toBe('0:00');
  });
});

describe('measured', () => {
  it.each([
    [42.4, '42ms'],
    [900, '0.9s'],
    [19_400, '19.4s'],
    [59_999, '59.9s'],
    [151_000, '2m31s'],
    [-1, '0ms'],
  ])('%d ms is %s', (milliseconds, text) => expect(measured(milliseconds)).toBe(text));
});

describe('the pattern of durations in JSON Schemas', () => {
  const pattern = new RegExp(DURATION_PATTERN, 'u');
  const part = fc.constantFrom(
    '1',
    '20',
    '.',
    '.5',
    '1.5',
    '0',
    's',
    'm',
    'h',
    'ms',
    'us',
    'µs',
    'μs',
    'ns',
    '-',
    '+',
    'd',
    ' ',
  );

  it('matches exactly what is read as one, but for its length', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), parts => {
        const text = parts.join('');
        expect([text, pattern.test(text)]).toEqual([text, parseDuration(text) !== undefined]);
      }),
    );
  });
});
