import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writePrivate } from '../../../src/host/disk/private-file.ts';
import { LONGEST_FILE, readRegular } from '../../../src/host/disk/regular.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'mayday-disk-'));

const TRAPS: [what: string, make: (path: string) => void, why: RegExp][] = [
  ['a pipe that nobody writes to', path => void execFileSync('mkfifo', [path]), /found a pipe/],
  ['a device without an end', path => symlinkSync('/dev/zero', path), /found a device/],
  ['a folder', path => mkdirSync(path), /found a folder/],
  ['a link to itself', path => symlinkSync(path, path), /lead in a circle/],
  ['a link that leads nowhere', path => symlinkSync('/nowhere/at/all', path), /leads nowhere/],
  [
    'a file larger than memory',
    path => {
      writeFileSync(path, '');
      truncateSync(path, 2 ** 40);
    },
    /expected at most 16 MiB, found 1048576\.0 MiB/,
  ],
];

it.each(TRAPS)('%s is refused at once and never read', (_, make, why) => {
  const path = join(folder(), 'trap');
  make(path);
  expect(readRegular(path)).toEqual({ is: 'refused', why: expect.stringMatching(why) });
});

it('a folder on the way that is a link without an end is no missing file', () => {
  const home = folder();
  symlinkSync('/nowhere/at/all', join(home, 'config'));
  expect(readRegular(join(home, 'config', 'mayday', 'config.yaml'))).toMatchObject({ is: 'refused' });
  expect(readRegular(join(home, 'other', 'config.yaml'))).toEqual({ is: 'missing' });
});

it('reads a file through a link, one that says it is empty and is not, and one of the full length', () => {
  const path = join(folder(), 'file');
  writeFileSync(path, 'x'.repeat(LONGEST_FILE));
  symlinkSync(path, `${path}-link`);
  expect(readRegular(`${path}-link`)).toEqual({ is: 'text', text: 'x'.repeat(LONGEST_FILE) });
  expect(readRegular('/proc/self/status')).toMatchObject({ is: 'text', text: expect.stringContaining('Pid:') });
});

it('a private file is written once, over nothing but an empty file of ours unless told, and never through a link', () => {
  const home = folder();
  const path = join(home, 'kubeconfig');
  const victim = join(home, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, path);
  expect(writePrivate(path, 'new', { replace: false })).toMatchObject({ is: 'refused' });
  expect(writePrivate(path, 'new', { replace: true })).toMatchObject({ is: 'refused' });
  expect(writePrivate(victim, 'new', { replace: false })).toEqual({ is: 'taken' });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(writePrivate(victim, 'new', { replace: true })).toBeUndefined();
  expect(readFileSync(victim, 'utf8')).toBe('new');
  expect(statSync(victim).mode & 0o777).toBe(0o600);
  writeFileSync(join(home, 'blank'), '', { mode: 0o644 });
  expect(writePrivate(join(home, 'blank'), 'new', { replace: false })).toBeUndefined();
  expect(statSync(join(home, 'blank')).mode & 0o777).toBe(0o600);
});
