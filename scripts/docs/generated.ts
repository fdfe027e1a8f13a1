import { rulesMarkdown } from '../../src/triage/rule-catalogue.ts';
import { RULES } from '../../src/triage/rules/index.ts';
import { faultsMarkdown } from './faults.ts';
import { keysMarkdown } from './keys.ts';
import { configSchema } from './schemas/config.ts';
import { experimentSchema } from './schemas/experiment.ts';
import { gameDaySchemaFile } from './schemas/game-day.ts';

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Every document that is made from the source, by its path below the root. */
export const generatedDocs = (root: URL): Readonly<Record<string, string>> => ({
  'docs/triage.md': rulesMarkdown(RULES),
  'docs/faults.md': faultsMarkdown(root),
  'docs/keys.md': keysMarkdown(),
  'schemas/chaos-experiment.schema.json': json(experimentSchema()),
  'schemas/config.schema.json': json(configSchema()),
  'schemas/game-day.schema.json': gameDaySchemaFile(),
});
