import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
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

it('deploy/ names the image that this version submits and injects with', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const { version } = JSON.parse(read('package.json')) as { version: string };
  const { images } = parse(read('deploy/kustomization.yaml')) as { images: unknown };
  expect(images).toEqual([{ name: 'mayday', newName: 'mayday', newTag: version }]);
});
