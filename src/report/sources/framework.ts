import { z } from 'zod';
import { clean } from '../clean.ts';
import type { CheckLine, Scenario } from '../model.ts';
import { verdict, wrongWith } from './record-shape.ts';

// The framework's report of one experiment, as its commands `run` and `suite` write it. Times are RFC 3339, durations whole nanoseconds.

const checkResult = z.looseObject({
  passed: z.boolean().optional(),
  details: z
    .array(
      z.looseObject({
        check: z.looseObject({
          type: z.string().optional(),
          kind: z.string().optional(),
          name: z.string().optional(),
          namespace: z.string().optional(),
          conditionType: z.string().optional(),
          fieldPath: z.string().optional(),
          expectedValue: z.string().optional(),
        }),
        passed: z.boolean(),
        value: z.unknown().optional(),
        error: z.string().optional(),
      }),
    )
    .nullish(),
});

const report = z.looseObject({
  experiment: z.string(),
  timestamp: z.string(),
  tier: z.number().optional(),
  target: z.looseObject({
    operator: z.string(),
    component: z.string(),
    resource: z.string().optional(),
  }),
  injection: z.looseObject({
    type: z.string(),
    targets: z.array(z.string()).nullish(),
    details: z.record(z.string(), z.string()).nullish(),
  }),
  evaluation: z.looseObject({
    verdict: z.union([verdict, z.literal('')]),
    confidence: z.string().optional(),
    recoveryTime: z.number().optional(),
    reconcileCycles: z.number().optional(),
    deviations: z.array(z.looseObject({ type: z.string(), detail: z.string().optional() })).nullish(),
  }),
  steadyState: z.looseObject({ pre: checkResult.nullish(), post: checkResult.nullish() }).nullish(),
  cleanupError: z.string().optional(),
  collateral: z.array(z.looseObject({ operator: z.string(), component: z.string(), passed: z.boolean() })).nullish(),
});

/** Whether a JSON document looks like one of the framework's reports. */
export const isFrameworkReport = (value: unknown): boolean =>
  value !== null &&
  typeof value === 'object' &&
  'experiment' in value &&
  typeof value.experiment === 'string' &&
  'evaluation' in value;

/** The framework's file that holds several reports, made by its own `report --format json`. */
export function reportsWithin(value: unknown): unknown[] | undefined {
  const inner = (value as { experiments?: unknown } | null)?.experiments;
  return Array.isArray(inner) && inner.every(isFrameworkReport) ? inner : undefined;
}

const NS_PER_MS = 1e6;

/** One report of the framework as a scenario, or a text that says what is wrong with it. What it does not record is absent. */
export function scenarioOfFramework(value: unknown): Scenario | string {
  const read = report.safeParse(value);
  if (!read.success) return `expected a report of the framework, found ${wrongWith(read.error)}`;
  const { experiment, timestamp, tier, target, injection, evaluation, steadyState, cleanupError, collateral } =
    read.data;
  const at = Date.parse(timestamp);
  const deviations = (evaluation.deviations ?? []).map(({ type, detail }) => clean(`${type}: ${detail ?? ''}`));
  return {
    name: clean(experiment),
    tool: 'operator-chaos',
    type: clean(injection.type),
    operator: clean(target.operator),
    component: clean(target.component),
    ...(target.resource === undefined ? {} : { resource: clean(target.resource) }),
    ...(tier === undefined ? {} : { tier }),
    ...(injection.details ? { parameters: cleaned(injection.details) } : {}),
    where: {},
    ...(Number.isNaN(at) ? {} : { endedAt: at }),
    verdict: evaluation.verdict === '' ? 'Inconclusive' : evaluation.verdict,
    reasons: [clean(evaluation.confidence ?? 'the framework gave no reason'), ...deviations],
    dryRun: false,
    moments: [],
    checks: checkLines(steadyState?.pre?.details ?? [], steadyState?.post?.details ?? []),
    receipts: [],
    collateral: (collateral ?? [])
      .filter(({ passed }) => !passed)
      .map(one => clean(`${one.operator}/${one.component}`)),
    blind: cleanupError === undefined ? [] : [clean(`cleanup failed: ${cleanupError}`)],
    ...(evaluation.recoveryTime === undefined ? {} : { recoveryMs: evaluation.recoveryTime / NS_PER_MS }),
    tripped: [],
  };
}

type Detail = NonNullable<z.infer<typeof checkResult>['details']>[number];

function checkLines(pre: readonly Detail[], post: readonly Detail[]): CheckLine[] {
  const actual = ({ value, error }: Detail) => clean(error ?? (value === undefined ? '' : String(value)));
  const before = new Map(pre.map(detail => [nameOf(detail), actual(detail)]));
  return (post.length > 0 ? post : pre).map(detail => {
    const name = nameOf(detail);
    const was = before.get(name);
    const { check } = detail;
    return {
      name,
      expected: clean(
        check.expectedValue ?? (check.conditionType === undefined ? 'exists' : `${check.conditionType}=True`),
      ),
      ...(was === undefined ? {} : { before: was }),
      ...(post.length > 0 ? { after: actual(detail) } : {}),
      ok: detail.passed,
    };
  });
}

const nameOf = ({ check }: Detail): string =>
  clean(
    `${check.kind ?? ''} ${check.namespace ? `${check.namespace}/` : ''}${check.name ?? ''} ${check.conditionType ?? check.fieldPath ?? 'exists'}`,
  );

const cleaned = (map: Record<string, string>) =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [clean(name), clean(value)]));
