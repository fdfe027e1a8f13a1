import { z } from 'zod';

// Records may come from other people or other versions. The members that a report reads are checked here; all others are ignored.

const text = z.string();
const time = z.number();

/** One check with its result. */
export const check = z.looseObject({
  name: text,
  state: z.enum(['pass', 'fail', 'blind']),
  expected: text,
  actual: text,
});

const ref = z.looseObject({ apiVersion: text, kind: text, name: text, namespace: text.optional() });

const receipt = z.looseObject({ type: text, object: ref, outcome: text, verified: z.boolean(), message: text });

const experiment = z.looseObject({
  metadata: z.looseObject({ name: text }),
  spec: z.looseObject({
    tier: time,
    target: z.looseObject({ operator: text, component: text, resource: text.optional() }),
    injection: z.looseObject({ type: text, parameters: z.record(text, text) }),
    hypothesis: z.looseObject({ description: text }),
    steadyState: z.looseObject({ checks: z.array(z.looseObject({ type: text, kind: text, name: text })) }),
  }),
});

export const verdict = z.enum(['Resilient', 'Degraded', 'Failed', 'Inconclusive']);

const result = z.looseObject({
  run: text,
  experiment: text,
  type: text,
  verdict,
  reasons: z.array(text),
  timings: z.record(text, time),
  selfHealed: z.boolean(),
  restoredBy: text,
  compat: z.looseObject({ verdict: text, why: text }),
  baseline: z.array(check),
  checks: z.array(check),
  evidence: z.array(check),
  receipts: z.array(receipt),
  residue: time,
  collateral: z.array(text).optional(),
  blind: z.array(text),
  dryRun: z.boolean(),
  refusal: z.looseObject({ code: text, message: text }).optional(),
  interrupted: text.optional(),
});

const header = z.looseObject({
  run: text,
  startedAt: time,
  host: text,
  version: text,
  context: text,
  server: text,
  user: text,
  clusterUid: text,
  experiment: z.looseObject({ name: text, path: text, type: text }),
});

const event = z.looseObject({ at: time, event: text });

export const runRecord = z.looseObject({
  kind: z.literal('mayday-run'),
  header,
  experiment,
  result,
  events: z.array(event),
});

/** The first line of a run's journal. */
export const runBegin = header;

export type RecordResult = z.infer<typeof result>;
export type RecordHeader = z.infer<typeof header>;
export type RecordExperiment = z.infer<typeof experiment>;
export type RecordEvent = z.infer<typeof event>;

/** What is wrong with a document, in a few words. */
export const wrongWith = (error: z.ZodError): string => {
  const [issue] = error.issues;
  return issue === undefined ? 'it has another shape' : `${issue.path.join('.') || 'the document'}: ${issue.message}`;
};
