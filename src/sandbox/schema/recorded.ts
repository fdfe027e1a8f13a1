import recorded from '../recorded/schemas.json' with { type: 'json' };
import type { RawSchema } from './node.ts';

/** The schemas of the built-in types by name, as the API server publishes them, without descriptions. */
export const RECORDED_SCHEMAS = recorded as unknown as Readonly<Record<string, RawSchema>>;
