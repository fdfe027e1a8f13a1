import { chmodSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nodeFiles } from '../../src/gameday/files.ts';

const place = () => mkdtempSync(join(tmpdir(), 'mayday-private-'));

it('a journal is not kept in a folder that is open to others, or behind a link', async () => {
  const state = place();
  mkdirSync(join(state, 'open'));
  chmodSync(join(state, 'open'), 0o777);
  await expect(nodeFiles.openAppend(join(state, 'open', 'journal'))).rejects.toThrow('open to other users');
  symlinkSync(place(), join(state, 'link'));
  await expect(nodeFiles.openAppend(join(state, 'link', 'journal'))).rejects.toThrow('found a symbolic link');
});

it('a journal that is a link is not written through', async () => {
  const state = place();
  const victim = join(place(), 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(state, 'journal'));
  await expect(nodeFiles.openAppend(join(state, 'journal'))).rejects.toThrow();
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});
