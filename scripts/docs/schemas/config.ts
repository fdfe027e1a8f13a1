import { z } from 'zod';
import { CONFIG } from '../../../src/runtime/config-file.ts';

/** JSON Schema of the configuration file, for editors. */
export const configSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(CONFIG, { io: 'input', unrepresentable: 'any' }),
  title: 'mayday configuration',
});
