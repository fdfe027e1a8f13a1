import type { ObjectRef } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { labelledLine } from '../run/line.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import type { Conclusion } from './conclusion.ts';
import type { TimedApplyEvent } from './event.ts';

const REMAINS = { none: 'no marks', left: 'REMAINS', blind: 'BLIND' } as const;

/** One line in the columns of `mayday run`. */
export function appliedLine(event: TimedApplyEvent, experiment: string): string {
  return labelledLine(event.at, wordsOf(event), { experiment });
}

function wordsOf(event: TimedApplyEvent): { label?: string; text: string } {
  switch (event.event) {
    case 'applied':
      return { text: `applied as ${nameOf(event.object)}` };
    case 'phase':
      return { label: 'phase', text: `${event.phase}${event.says === '' ? '' : `  ${event.says}`}` };
    case 'baseline':
      return { label: 'baseline', text: event.passed ? `steady (${event.says})` : `NOT steady: ${event.says}` };
    case 'note':
      return { label: 'note', text: event.text };
    case 'begun':
      return { label: 'clocks', text: event.says };
    default:
      return { label: event.event, text: event.says };
  }
}

/** The last lines: the result of the scan afterwards, and the verdict. */
export function conclusionLines(at: number, conclusion: Conclusion, experiment: string): string[] {
  const { remains, outcome, reasons } = conclusion;
  const line = (label: string, text: string) => labelledLine(at, { label, text }, { experiment });
  return [
    ...(remains === undefined ? [] : [line('remains', `${REMAINS[remains.state]}  ${remains.says}`)]),
    line(outcome, reasons.join('; ')),
  ];
}

const named = ({ namespace, name }: ObjectRef) => ({
  ...(namespace === undefined ? {} : { namespace }),
  experiment: name,
});

/** The event as a line of JSON, with times as RFC 3339 text. */
export function appliedJson({ at, event, ...rest }: TimedApplyEvent, object: ObjectRef): Record<string, unknown> {
  const moments = Object.entries(rest).map(([key, value]) => [
    key,
    MOMENTS.has(key) ? rfc3339(value as number) : value,
  ]);
  return { at: rfc3339(at), ...named(object), event, ...Object.fromEntries(moments) };
}

const MOMENTS = new Set(['injectedAt', 'ttlEnd', 'observesUntil']);

export const conclusionJson = (at: number, conclusion: Conclusion, object: ObjectRef): Record<string, unknown> => ({
  at: rfc3339(at),
  ...named(object),
  event: 'verdict',
  ...conclusion,
});
