import { isRestored, proofText } from '../injection/write/receipt.ts';
import { counted } from '../text/counted.ts';
import { age, measured } from '../text/duration.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import { sanitise } from '../text/sanitise.ts';
import type { RunEvent, Timings, Verdict } from './event.ts';

export interface LineOptions {
  /** The name of the experiment. */
  experiment: string;
  recoveryTimeoutMs: number;
  /** Times in UTC; by default local time. */
  utc?: boolean;
}

const LABEL = 10;

function clockOf(at: number, utc: boolean): string {
  const date = new Date(at);
  return utc ? date.toISOString().slice(11, 19) : date.toTimeString().slice(0, 8);
}

const CHECK_TEXTS = { pass: 'True', fail: 'False', blind: 'BLIND' } as const;
const VERDICT_TEXTS: Record<Verdict, string> = {
  Resilient: 'RESILIENT',
  Degraded: 'DEGRADED',
  Failed: 'FAILED',
  Inconclusive: 'INCONCLUSIVE',
};

/** The label of a check: the last word of its name, because the experiment already names the object. */
const about = (name: string): string => (name.startsWith('Pods ') ? 'pods' : (name.split(' ').at(-1) ?? name));

/**
 * Label and text of one event. Where a run starts the label is undefined, and the experiment's name is printed instead.
 */
function labelledText(event: RunEvent, { recoveryTimeoutMs }: LineOptions): { label?: string; text: string } {
  switch (event.event) {
    case 'phase':
      return event.phase === 'Pending' ? { text: `run ${event.run}` } : { label: 'phase', text: event.phase };
    case 'gate':
      return { label: 'gate', text: `${event.ok ? 'ok' : 'NO'}  ${event.gate}: ${event.reason}` };
    case 'baseline':
      return { label: 'baseline', text: baseline(event) };
    case 'injected':
      return { label: 'injected', text: injected(event) };
    case 'effect':
      return {
        label: 'effect',
        text: `${event.state}${event.state === 'proven' ? ` in ${measured(event.afterMs)}` : ''}: ${event.evidence.join('; ')}`,
      };
    case 'check':
      return { label: about(event.check.name), text: checkChange(event, recoveryTimeoutMs) };
    case 'recovered':
      return { label: 'recovered', text: recovered(event) };
    case 'deadline':
      return {
        label: 'deadline',
        text: `${event.clock === 'ttl' ? 'TTL' : 'recovery time'} over after ${measured(event.afterMs)}`,
      };
    case 'reverted':
      return { label: 'reverted', text: reverted(event) };
    case 'guard':
      return { label: 'guardian', text: `${event.on ? 'on' : 'OFF'}  ${event.says}` };
    case 'note':
      return { label: 'note', text: event.text };
    case 'verdict':
      return { label: isCutShort(event) ? 'ABORTED' : VERDICT_TEXTS[event.verdict], text: verdict(event) };
  }
}

type Of<K extends RunEvent['event']> = Extract<RunEvent, { event: K }>;

function baseline({ checks, passed }: Of<'baseline'>): string {
  const wrong = checks
    .filter(check => check.state !== 'pass')
    .map(check => `${check.name}: expected ${check.expected}, found ${check.actual}`);
  const all = counted(checks.length, 'check');
  return passed ? `steady (${all})` : checks.length === 0 ? 'no checks' : `NOT steady: ${wrong.join('; ')}`;
}

function injected({ writes, pods, ttlDeadline, at }: Of<'injected'>): string {
  const ends = ttlDeadline === undefined ? 'no TTL' : `TTL ${age(Math.round((ttlDeadline - at) / 1000) * 1000)}`;
  const reach =
    pods.length === 0 ? 'no pods in reach' : `${counted(pods.length, 'pod')} in reach: ${pods.slice(0, 3).join(', ')}`;
  return `${writes.join('; ')}  ${reach}  ${ends}`;
}

function checkChange({ check, from, afterMs }: Of<'check'>, limitMs: number): string {
  return `${CHECK_TEXTS[from]} → ${CHECK_TEXTS[check.state]} after ${measured(afterMs)}   ${check.actual}   limit ${measured(limitMs)}`;
}

function recovered({ afterMs, by, selfHealed }: Of<'recovered'>): string {
  if (selfHealed) return `after ${measured(afterMs)}, by itself (${by})`;
  if (by !== 'nobody') return `after ${measured(afterMs)}, once ${by} had reverted the fault`;
  return afterMs === 0 ? 'never lost under the fault' : `after ${measured(afterMs)}, under the fault`;
}

function reverted({ receipts, remaining }: Of<'reverted'>): string {
  if (receipts.length === 0 && remaining === 0) return 'nothing to revert';
  const each = receipts.map(
    receipt =>
      `${receipt.object.kind} ${receipt.object.name} ${receipt.outcome}${isRestored(receipt) ? ' ✓' : ` ${proofText(receipt)}`}`,
  );
  return `${each.join(', ')}   ${remaining} remain`;
}

/** Whether the run was interrupted; such a run says nothing about the system. */
const isCutShort = ({ reasons: [first = ''] }: Of<'verdict'>): boolean => first.startsWith('interrupted');

function verdict(event: Of<'verdict'>): string {
  const framework =
    event.compat.verdict === event.verdict ? '' : `   framework: ${event.compat.verdict} (${event.compat.why})`;
  return `${event.reasons.join('; ')}${framework}`;
}

/** One line for one event: time, label, text; columns fixed, never a control character. */
export function eventLine(event: RunEvent, options: LineOptions): string {
  return labelledLine(event.at, labelledText(event, options), options);
}

/** A line in the columns of a run; without a label the experiment's name is printed instead. */
export function labelledLine(
  at: number,
  { label, text }: { label?: string; text: string },
  { experiment, utc = false }: Pick<LineOptions, 'experiment' | 'utc'>,
): string {
  const head =
    label === undefined ? `${sanitise(experiment).padEnd(LABEL + 2)}  ` : `  ${sanitise(label).padEnd(LABEL)}  `;
  return sanitise(`${clockOf(at, utc)}  ${head}${text}`);
}

/** Timings with moments as RFC 3339 text; `recoveryMs` stays a number of milliseconds. */
function timingsJson(timings: Timings): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(timings).map(([name, value]) => [name, name.endsWith('Ms') ? value : rfc3339(value)]),
  );
}

/** The JSON line of one event: `{at, run, event, …}`, moments as RFC 3339 text. */
export function eventJson(event: RunEvent): Record<string, unknown> {
  const { at, run, event: name, ...rest } = event;
  const head = { at: rfc3339(at), run, event: name };
  if (event.event === 'verdict') return { ...head, ...rest, timings: timingsJson(event.timings) };
  if (event.event === 'injected') {
    const { ttlDeadline, recoveryDeadline, writes, pods } = event;
    return {
      ...head,
      writes,
      pods,
      ...(ttlDeadline === undefined ? {} : { ttlDeadline: rfc3339(ttlDeadline) }),
      recoveryDeadline: rfc3339(recoveryDeadline),
    };
  }
  return { ...head, ...rest };
}
