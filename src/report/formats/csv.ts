import type { Moment, Report, Scenario } from '../model.ts';

const HEAD = [
  'scenario',
  'experiment',
  'tool',
  'run',
  'started',
  'context',
  'operator',
  'component',
  'type',
  'tier',
  'verdict',
  'framework_verdict',
  'recovery_ms',
  'self_healed',
  'restored_by',
  'residue',
  'collateral',
  't1_symptom_ms',
  't2_detected_ms',
  't3_seen_ms',
  't4_engaged_ms',
  't5_healed_ms',
  't6_reverted_ms',
  't7_stable_ms',
  'reasons',
  'file',
] as const;

/** The report as CSV (RFC 4180), a line for each run. */
export const csv = ({ scenarios }: Report): string =>
  [HEAD, ...scenarios.map(cellsOf)].map(row => `${row.map(cell).join(',')}\r\n`).join('');

/** The beginnings of text that a spreadsheet would run as a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function cell(value: string | number | boolean | undefined): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') return String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function cellsOf(one: Scenario): (string | number | boolean | undefined)[] {
  const after = (id: Moment['id']) => {
    const ms = one.moments.find(moment => moment.id === id)?.afterMs;
    return ms === undefined ? undefined : Math.round(ms);
  };
  return [
    one.title ?? one.name,
    one.name,
    one.tool,
    one.run,
    one.startedAt === undefined ? undefined : new Date(one.startedAt).toISOString(),
    one.where.context,
    one.operator,
    one.component,
    one.type,
    one.tier,
    one.verdict,
    one.compat?.verdict,
    one.recoveryMs === undefined ? undefined : Math.round(one.recoveryMs),
    one.selfHealed,
    one.restoredBy,
    one.residue,
    one.collateral.join('; '),
    ...(['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'] as const).map(after),
    one.reasons.join('; '),
    one.file,
  ];
}
