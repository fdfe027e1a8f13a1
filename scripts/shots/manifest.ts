import { createHash } from 'node:crypto';
import type { ScreenFolder } from '../../src/console/screens/screen.ts';

/** Changes whenever a screen comes, goes, is renamed, or its keys do. */
export function screensHash(screens: readonly ScreenFolder[]): string {
  const tables = screens.map(({ id, title, digit, keys }) => [
    id,
    title ?? '',
    digit ?? '',
    keys.map(key => [key.id, key.keys, key.says, key.hint ?? null]),
  ]);
  return createHash('sha256').update(JSON.stringify(tables)).digest('hex');
}
