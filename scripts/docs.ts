import { writeFileSync } from 'node:fs';
import { generatedDocs } from './docs/generated.ts';

// Writes the documents that are made from the source; the tests say when one is out of date.
const root = new URL('../', import.meta.url);
for (const [path, text] of Object.entries(generatedDocs(root))) writeFileSync(new URL(path, root), text);
