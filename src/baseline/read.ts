import { z } from 'zod';
import type { Baseline } from './baseline.ts';

const about = z.looseObject({ resource: z.string(), reason: z.string() });
const ref = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string().optional(),
});

const shape = z.looseObject({
  kind: z.literal('mayday-baseline'),
  v: z.literal(1),
  id: z.string(),
  at: z.number(),
  context: z.string(),
  server: z.string(),
  clusterUid: z.string(),
  namespaces: z.array(z.string()),
  objects: z.array(z.looseObject({ ref, fields: z.record(z.string(), z.string()) })),
  blind: z.array(about),
});

/** Parses a saved baseline, or gives a text that says what was found instead. */
export function readBaseline(text: string): Baseline | string {
  try {
    const read = shape.safeParse(JSON.parse(text));
    if (read.success) return read.data as Baseline;
    const [issue] = read.error.issues;
    return `expected a saved baseline, found another document (${issue?.path.join('.') || 'as a whole'})`;
  } catch {
    return 'expected a saved baseline, found no JSON';
  }
}
