import { existsSync, readdirSync } from 'node:fs';

/** The folders of the injection types, in the order of their names. */
export const faultFolders = (root: URL): string[] =>
  readdirSync(new URL('src/faults', root), { withFileTypes: true })
    .filter(entry => entry.isDirectory() && existsSync(new URL(`src/faults/${entry.name}/README.md`, root)))
    .map(({ name }) => name)
    .sort();
