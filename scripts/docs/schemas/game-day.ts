import { gameDayJsonSchema } from '../../../src/gameday/plan/json-schema.ts';

/** The schemas that editors check documents by. */
export const gameDaySchemaFile = (): string => `${JSON.stringify(gameDayJsonSchema(), null, 2)}\n`;
