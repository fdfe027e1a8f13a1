import { wrap } from '../../text/wrap.ts';
import { pressFor } from '../keymap/remap.ts';
import type { ConsoleState } from '../store/state.ts';
import { type Line, line, span } from '../widgets/line.ts';
import type { View } from '../widgets/view.ts';
import { TOUR_STEPS, tourText } from './steps.ts';

const LABEL = 12;

/** The guide over the key line: what to do next and why, and the key that ends it. */
export function tourRows(state: ConsoleState, { columns }: View): Line[] {
  const { tour } = state;
  if (tour === undefined) return [];
  const ends = `(${pressFor(state.settings.keys, 'deck', 'end-tour', 'T')} ends the tour)`;
  const label = ` TOUR ${tour.at + 1}/${TOUR_STEPS} `.padEnd(LABEL);
  return wrap(`${tourText(tour.at, state)} ${ends}`, columns - LABEL - 1)
    .slice(0, 2)
    .map((text, i) => line(i === 0 ? span(label, 'title') : ' '.repeat(LABEL), ' ', span(text, 'accent')));
}
