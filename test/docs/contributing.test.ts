import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const text = readFileSync('CONTRIBUTING.md', 'utf8');

/** The folders of src in the first column of the map. */
const mapped = [...text.matchAll(/^\| `src\/([^`/]+)` \|/gm)].map(match => match[1]);

it('the map in CONTRIBUTING names each folder of src once, and no other', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter(entry => entry.isDirectory());
  expect([...mapped].sort()).toEqual(folders.map(({ name }) => name).sort());
});

it('the files and folders that CONTRIBUTING names exist', () => {
  const named = [...text.matchAll(/`((?:src|test|docs|scripts|examples)\/[\w./-]+)`/g)].map(match => match[1] ?? '');
  expect(named.length).toBeGreaterThan(mapped.length);
  const missing = named.filter(path => !existsSync(path));
  expect(missing).toEqual([]);
});
