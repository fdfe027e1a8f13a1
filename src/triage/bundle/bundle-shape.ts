import { z } from 'zod';
import { GATES } from '../gates.ts';
import { BUNDLE } from './bundle.ts';

const gateId = z.enum(GATES.map(({ id }) => id));
const ref = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  uid: z.string().optional(),
});
const found = z.object({
  id: z.string(),
  rule: z.string(),
  severity: z.enum(['critical', 'high', 'warn', 'info']),
  object: ref,
  summary: z.string(),
  since: z.iso.datetime().optional(),
  sinceExact: z.boolean().optional(),
  evidence: z.array(z.string()),
  cause: z.string().optional(),
  fixes: z.array(z.object({ text: z.string(), command: z.string().optional(), safe: z.boolean() })),
});
const texts = z.record(z.string(), z.string());
const row = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    uid: z.string(),
    labels: texts,
    annotations: texts,
    finalizers: z.array(z.string()),
    ownerReferences: z.array(z.looseObject({ kind: z.string(), name: z.string(), uid: z.string() })),
  }),
  spec: z.record(z.string(), z.unknown()),
  status: z.record(z.string(), z.unknown()),
});
const since = z.object({ at: z.number(), exact: z.boolean() });
const event = z.object({
  about: ref,
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  first: since,
  last: z.number(),
});
/** The whole of a file that `triage --save` wrote. */
export const savedBundle = z.object({
  bundle: z.literal(BUNDLE),
  context: z.string(),
  server: z.string(),
  user: z.string(),
  at: z.iso.datetime(),
  roots: z.array(found.extend({ gate: gateId, follows: z.array(found.extend({ gate: gateId, by: z.string() })) })),
  gates: z.array(
    z.object({
      id: gateId,
      name: z.string(),
      status: z.enum(['PASS', 'WARN', 'FAIL', 'BLIND']),
      ms: z.number(),
      after: gateId.optional(),
      from: z.array(gateId).optional(),
      blind: z.array(z.object({ what: z.string(), reason: z.string() })).optional(),
      findings: z.array(found),
    }),
  ),
  rows: z.array(row),
  events: z.array(event),
});

export type SavedBundle = z.infer<typeof savedBundle>;
export type SavedFinding = z.infer<typeof found>;
export type SavedRef = z.infer<typeof ref>;
