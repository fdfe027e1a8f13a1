import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative: string): string => fileURLToPath(new URL(`../../../${relative}`, import.meta.url));

/**
 * The command line that starts the product under this Node.js: the bundle, as users have it, or the source with MAYDAY_E2E_SOURCE=1.
 * Throws when the bundle was not built.
 */
export function program(): [node: string, script: string] {
  if (process.env.MAYDAY_E2E_SOURCE === '1') return [process.execPath, path('src/bin/mayday.ts')];
  const bundle = path('dist/mayday.js');
  if (!existsSync(bundle)) throw new Error(`expected ${bundle}: npm run build`);
  return [process.execPath, bundle];
}
