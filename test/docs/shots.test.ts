import { existsSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { screensHash } from '../../scripts/shots/manifest.ts';
import { REACH, SIZES, shotFile } from '../../scripts/shots/reach.ts';
import { SCREENS } from '../../src/console/screens/registry.ts';

const shots = new URL('../../docs/shots/', import.meta.url);
const shown = SCREENS.map(({ id }) => id);

describe('the shots of the screens', () => {
  it.each(shown)('have a way to %s, and show it at both sizes', id => {
    expect(REACH[id], `scripts/shots/reach.ts says by which keys ${id} is reached`).toBeDefined();
    for (const size of SIZES) {
      const file = new URL(shotFile(id, size), shots);
      expect(existsSync(file), `${shotFile(id, size)} is there: npm run shots draws it`).toBe(true);
      expect(statSync(file).size).toBeLessThan(150_000);
    }
  });

  it('are of the screens, titles and keys that there are: else run npm run shots', () => {
    const manifest = JSON.parse(readFileSync(new URL('manifest.json', shots), 'utf8'));
    expect(manifest.screens).toBe(screensHash(SCREENS));
  });
});
