import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { paths } from '../../src/runtime/paths.ts';

it('follows the XDG variables, and ignores relative ones as the standard asks', () => {
  expect(paths({}, '/home/a')).toMatchObject({
    config: '/home/a/.config/mayday/config.yaml',
    state: '/home/a/.local/state/mayday',
    log: '/home/a/.local/state/mayday/mayday.log',
  });
  expect(paths({ XDG_STATE_HOME: '/s', XDG_CONFIG_HOME: 'relative' }, '/home/a')).toMatchObject({
    state: '/s/mayday',
    config: '/home/a/.config/mayday/config.yaml',
  });
});

it('finds the experiments that come with the program', () => {
  expect(existsSync(paths({}, '/').experiments)).toBe(true);
});
