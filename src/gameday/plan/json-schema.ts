import { z } from 'zod';
import { gameDaySchema } from './document.ts';

type Json = Record<string, unknown>;
export const isMap = (value: unknown): value is Json =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** The JSON Schema of a plan, for editors. It describes the file, not the parsed values. */
export const gameDayJsonSchema = (): Json =>
  z.toJSONSchema(gameDaySchema, { io: 'input', target: 'draft-07', unrepresentable: 'any' }) as Json;

/** The fields that the schema allows at a path of the document. */
export function knownFields(path: readonly PropertyKey[]): string[] {
  const schema = gameDayJsonSchema();
  const definitions = isMap(schema.definitions) ? schema.definitions : {};
  let at: Json[] = [isMap(definitions.GameDay) ? definitions.GameDay : schema];
  for (const step of path) {
    at = at.flatMap(branches).flatMap(one => {
      const next =
        typeof step === 'number' ? one.items : isMap(one.properties) ? one.properties[String(step)] : undefined;
      return isMap(next) ? [next] : [];
    });
  }
  return at.flatMap(branches).flatMap(one => (isMap(one.properties) ? Object.keys(one.properties) : []));
}

const branches = (schema: Json): Json[] => [schema, ...(Array.isArray(schema.anyOf) ? schema.anyOf.filter(isMap) : [])];
