import { writeFileSync } from 'node:fs';
import { bookMarkdown } from '../src/triage/book.ts';
import { RULES } from '../src/triage/rules/index.ts';

// Writes the documents that are made from the source; the tests say when one is out of date.
writeFileSync(new URL('../docs/triage.md', import.meta.url), bookMarkdown(RULES));
