import { readdirSync } from 'node:fs';
import type { Attack } from './attack.ts';

const HERE = new URL('.', import.meta.url);

/** Every attack of every file `*.attack.ts` beside this one, in the order of the files. */
export async function allAttacks(): Promise<Attack[]> {
  const files = readdirSync(HERE)
    .filter(name => name.endsWith('.attack.ts'))
    .sort();
  const found: Attack[] = [];
  for (const file of files) {
    const { attacks } = (await import(new URL(file, HERE).href)) as { attacks?: readonly Attack[] };
    if (attacks === undefined) throw new Error(`${file}: expected an export "attacks"`);
    found.push(...attacks);
  }
  return found;
}
