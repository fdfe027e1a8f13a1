import { registerHooks } from 'node:module';

const SRC = new URL('../../../src/faults/', import.meta.url).href;
const TOY = new URL('./', import.meta.url).href;
const ROWS = [
  {
    file: `${SRC}types.ts`,
    before: '} satisfies',
    row: 'NoteChange,',
    from: `import { rules as NoteChange } from '${TOY}rules.ts';`,
  },
  {
    file: `${SRC}registry.ts`,
    before: '};',
    row: 'NoteChange: noteChange,',
    from: `import { noteChange } from '${TOY}fault.ts';`,
  },
];

// Preloaded with --import: adds the rows of the toy type as the two tables are loaded. The files on the disk stay as they are.
registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const added = ROWS.find(({ file }) => file === url);
    if (added === undefined) return loaded;
    const text = String(loaded.source instanceof Uint8Array ? Buffer.from(loaded.source) : loaded.source);
    if (text.split(added.before).length !== 2) throw new Error(`${url}: expected one place that reads ${added.before}`);
    return { ...loaded, source: `${added.from}\n${text.replace(added.before, `${added.row}\n${added.before}`)}` };
  },
});
