import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { imageOf } from '../../scripts/release/image-files.ts';

it('reads what the image of a release holds and runs', () => {
  const { copied, entry } = imageOf(readFileSync(new URL('../../deploy/Dockerfile', import.meta.url), 'utf8'));
  expect(copied).toEqual([
    { from: 'package.json', to: './package.json' },
    { from: 'LICENSE', to: './LICENSE' },
    { from: 'experiments', to: 'experiments' },
    { from: 'dist', to: 'dist' },
  ]);
  expect(entry).toEqual(['node', '/mayday/dist/mayday.js']);
});
