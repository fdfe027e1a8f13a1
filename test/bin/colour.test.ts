import { describe, expect, it } from 'vitest';
import { settleColour } from '../../src/bin/colour.ts';

const settled = (argv: string[], env: Record<string, string>): Record<string, string | undefined> => {
  settleColour(argv, env);
  return env;
};

describe('colour is decided once, before anything draws', () => {
  it.each([
    ['nothing said: detection is left alone', [], { TERM: 'xterm' }, { TERM: 'xterm' }],
    ['NO_COLOR refuses', [], { NO_COLOR: '1' }, { FORCE_COLOR: '0' }],
    ['an empty NO_COLOR says nothing', [], { NO_COLOR: '' }, {}],
    ['NO_COLOR beats FORCE_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '3' }, { FORCE_COLOR: '0' }],
    ['a dumb terminal has none', [], { TERM: 'dumb' }, { TERM: 'dumb', FORCE_COLOR: '0' }],
    ['FORCE_COLOR beats a dumb terminal', [], { TERM: 'dumb', FORCE_COLOR: '1' }, { TERM: 'dumb', FORCE_COLOR: '1' }],
    ['--color=never beats FORCE_COLOR', ['--color=never'], { FORCE_COLOR: '3' }, { FORCE_COLOR: '0' }],
    ['--color always beats NO_COLOR', ['--color', 'always'], { NO_COLOR: '1' }, { FORCE_COLOR: '1' }],
    ['--color always keeps the depth asked for', ['--color', 'always'], { FORCE_COLOR: '3' }, { FORCE_COLOR: '3' }],
    ['the last flag counts', ['--color=always', '--color=never'], {}, { FORCE_COLOR: '0' }],
  ] as [string, string[], Record<string, string>, Record<string, string>][])('%s', (_, argv, env, expected) => {
    expect(settled(argv, { ...env })).toEqual(expected);
  });

  it('never leaves both variables, which would make Node.js warn into the screen', () => {
    const env = settled(['--color=always'], { NO_COLOR: '1', FORCE_COLOR: '0' });
    expect(env).toEqual({ FORCE_COLOR: '1' });
  });
});
