import type { Receipt } from '../../../injection/write/receipt.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { width } from '../../../text/width.ts';
import { wrapWhole } from '../../../text/wrap.ts';
import { ends, type Line, line, lineWidth, type Span, span } from '../../widgets/line.ts';
import { namedRow } from '../../widgets/named-row.ts';
import { namedIn } from '../../widgets/object-name.ts';
import type { View } from '../../widgets/view.ts';
import { isLeftToPerson } from './question.ts';
import { isRestored } from './restored.ts';

const WORDS: Readonly<Record<Receipt['outcome'], string>> = {
  reverted: 'reverted',
  'already-restored': 'was restored',
  gone: 'gone',
  stripped: 'stripped',
  diverged: 'DIVERGED',
  unconfirmed: 'YOUR WORD',
  failed: 'FAILED',
};

/** Columns below which the beginning of a message says nothing. */
const SHORTEST_MESSAGE = 24;

/** What became of one injection. What went wrong is shown in full, below where the row has no room for it. */
export function receiptLines(receipt: Receipt, wave: string, { glyphs, columns }: View): Line[] {
  const { outcome, verified, object, ms } = receipt;
  const message = sanitise(receipt.message, Number.MAX_SAFE_INTEGER);
  const isGood = isRestored(receipt);
  const isPerson = isLeftToPerson(outcome);
  const isProven = isGood || verified || isPerson || outcome === 'failed';
  const start = line(wave !== '' && span(`${wave}  `, 'dim'), markOf(receipt, glyphs), ' ');
  const end = span(`${WORDS[outcome]}${isProven ? '' : ', NOT VERIFIED'}`, isGood ? 'ok' : isPerson ? 'warn' : 'bad');
  const took = line(end, span(` ${(ms / 1000).toFixed(2)}s`, 'dim'));
  const room = columns - lineWidth(start) - lineWidth(took) - 1;
  const name = namedIn(object, room);
  const left = room - width(name) - 2;
  // A question shows in full what is not confirmed.
  const mayBeCut = isGood || outcome === 'unconfirmed';
  if (width(message) <= left || (mayBeCut && left >= SHORTEST_MESSAGE))
    return [ends(line(...start.spans, name, '  ', span(message, isGood ? 'dim' : 'warn')), took, columns)];
  // The name goes before the time it took, and before what was done.
  const below = mayBeCut ? [] : wrapWhole(message, columns - 4);
  return [namedRow(start, object, [took, line(end)], columns), ...below.map(text => line('    ', span(text, 'warn')))];
}

function markOf(receipt: Receipt, { states, diverged }: View['glyphs']): Span {
  if (isRestored(receipt)) return span(states.ok, 'ok');
  return isLeftToPerson(receipt.outcome) ? span(diverged, 'warn') : span(states.fail, 'bad');
}
