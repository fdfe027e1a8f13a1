import { bookMarkdown } from '../../src/triage/book.ts';
import { RULES } from '../../src/triage/rules/index.ts';
import { faultsMarkdown } from './faults.ts';
import { keysMarkdown } from './keys.ts';
import { gameDaySchemaFile } from './schemas.ts';

/** Every document that is made from the source, by its path below the root. */
export const generatedDocs = (root: URL): Readonly<Record<string, string>> => ({
  'docs/triage.md': bookMarkdown(RULES),
  'docs/faults.md': faultsMarkdown(root),
  'docs/keys.md': keysMarkdown(),
  'schemas/game-day.schema.json': gameDaySchemaFile(),
});
