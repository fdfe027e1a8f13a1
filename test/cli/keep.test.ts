import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { keepUnder } from '../../src/cli/console/keep.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'mayday-keep-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('saves a screen under the folder of the state', async () => {
  const state = folder();
  const path = await keepUnder(state, {}).save('deck.txt', 'the deck\n');
  expect(path).toBe(join(state, 'saved', 'deck.txt'));
  expect(readFileSync(path, 'utf8')).toBe('the deck\n');
});

it('says in words why a screen is not saved, and never the name of an error', async () => {
  const occupied = join(folder(), 'state');
  writeFileSync(occupied, 'a file where the folder would be');
  for (const state of [occupied, '/proc/mayday'])
    await expect(keepUnder(state, {}).save('deck.txt', 'the deck\n')).rejects.toThrow(
      /^(?!.*\bE[A-Z]{4,}).*[a-z]{2} [a-z]{2}/,
    );
});

it('says that the disk is full where writing fails for that', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const saved = keepUnder(folder(), {}, { write: () => Promise.reject(full) }).save('deck.txt', 'the deck\n');
  await expect(saved).rejects.toThrow(/^the disk is full$/);
});
