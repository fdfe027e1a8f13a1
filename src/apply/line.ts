import type { ObjectRef } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { toldLine } from '../run/line.ts';
import { rfc3339 } from '../text/rfc3339.ts';
import type { Conclusion } from './conclusion.ts';
import type { Told } from './told.ts';

const REMAINS = { none: 'no marks', left: 'REMAINS', blind: 'BLIND' } as const;

/** One line in the columns of `mayday run`. */
export function appliedLine(told: Told, experiment: string): string {
  return toldLine(told.at, wordsOf(told), { experiment });
}

function wordsOf(told: Told): { label?: string; text: string } {
  switch (told.event) {
    case 'applied':
      return { text: `applied as ${nameOf(told.object)}` };
    case 'phase':
      return { label: 'phase', text: `${told.phase}${told.says === '' ? '' : `  ${told.says}`}` };
    case 'baseline':
      return { label: 'baseline', text: told.passed ? `steady (${told.says})` : `NOT steady: ${told.says}` };
    case 'note':
      return { label: 'note', text: told.text };
    case 'begun':
      return { label: 'clocks', text: told.says };
    default:
      return { label: told.event, text: told.says };
  }
}

/** The last lines: what a look afterwards showed, and the verdict. */
export function conclusionLines(at: number, conclusion: Conclusion, experiment: string): string[] {
  const { remains, outcome, reasons } = conclusion;
  const line = (label: string, text: string) => toldLine(at, { label, text }, { experiment });
  return [
    ...(remains === undefined ? [] : [line('remains', `${REMAINS[remains.state]}  ${remains.says}`)]),
    line(outcome, reasons.join('; ')),
  ];
}

const named = ({ namespace, name }: ObjectRef) => ({
  ...(namespace === undefined ? {} : { namespace }),
  experiment: name,
});

/** The same as a line of JSON; moments as RFC 3339 text. */
export function appliedJson({ at, event, ...rest }: Told, object: ObjectRef): Record<string, unknown> {
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
