import { existsSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../../../src/host/disk/make-folder.ts';

test('makes what is missing, closed to others, and takes what is there', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'mayday-folder-')), 'a', 'b');
  makeFolder(folder, 0o700);
  makeFolder(folder, 0o700);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test.skipIf(!existsSync('/proc/self'))(
  'ends where the file system says that there is nothing: /proc takes no folders',
  () => {
    expect(() => makeFolder('/proc/nope/mayday/runs', 0o700)).toThrow(/ENOENT/);
  },
);
