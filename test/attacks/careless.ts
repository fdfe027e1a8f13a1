import { registerHooks } from 'node:module';

/** Whether the product is played without the judgement of records, to see that the attacks are real. */
export const isCareless = (): boolean => process.env.MAYDAY_ATTACKS_CARELESS === '1';

/** Makes every product started from here on run from its source, with every record believed and every doubt forced. */
export function beCareless(): void {
  process.env.MAYDAY_ATTACKS_CARELESS = '1';
  process.env.MAYDAY_E2E_SOURCE = '1';
  process.env.NODE_OPTIONS = `--import=${import.meta.filename}`;
}

/** What keeps a record from being believed, in each file that does. */
const MISTAKES: Readonly<Record<string, { find: string; put: string }>> = {
  'revert/trust/judge.ts': {
    find: 'const reach = reachOf(finding, writes, scopeOf);',
    put: "return { tier: 1, why: [], by: 'own-object' }; const reach = reachOf(finding, writes, scopeOf);",
  },
  'revert/restore/restore.ts': {
    find: "if (restore.is !== 'diverged' || force) return undefined;",
    put: 'return undefined;',
  },
};
const SRC = new URL('../../src/', import.meta.url).href;

// Preloaded with --import: puts the mistakes into the files as they are loaded. The files on the disk stay as they are.
if (isCareless())
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const mistake = url.startsWith(SRC) ? MISTAKES[url.slice(SRC.length)] : undefined;
      if (mistake === undefined) return loaded;
      const text = String(loaded.source instanceof Uint8Array ? Buffer.from(loaded.source) : loaded.source);
      if (text.split(mistake.find).length !== 2)
        throw new Error(`${url}: expected one place that reads ${mistake.find}`);
      return { ...loaded, source: text.replace(mistake.find, () => mistake.put) };
    },
  });
