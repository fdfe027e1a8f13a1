import { describe, expect, it } from 'vitest';
import { pressOf } from '../../src/console/keymap/input.ts';

const key = (changes: Record<string, boolean> = {}) => changes as unknown as Parameters<typeof pressOf>[1];

describe('pressOf', () => {
  it('reads one character as one key', () => {
    expect(pressOf('f', key())).toEqual({ is: 'key', name: 'f', times: 1 });
    expect(pressOf('日', key())).toEqual({ is: 'key', name: '日', times: 1 });
  });

  it('reads named and control keys', () => {
    expect(pressOf('', key({ upArrow: true }))).toEqual({ is: 'key', name: 'up', times: 1 });
    expect(pressOf('\r', key({ return: true }))).toEqual({ is: 'key', name: 'enter', times: 1 });
    expect(pressOf('c', key({ ctrl: true }))).toEqual({ is: 'key', name: 'ctrl-c', times: 1 });
  });

  it('never makes a command of several characters, unless they repeat a moving key', () => {
    expect(pressOf('af', key())).toEqual({ is: 'text', text: 'af' });
    expect(pressOf('ff', key())).toEqual({ is: 'text', text: 'ff' });
    expect(pressOf('jjj', key())).toEqual({ is: 'key', name: 'j', times: 3 });
  });

  it('lets a hammered emergency key through, marked as several', () => {
    expect(pressOf('!!', key())).toEqual({ is: 'key', name: '!', times: 2 });
  });

  it('ignores alt combinations', () => {
    expect(pressOf('f', key({ meta: true }))).toBeUndefined();
  });
});
