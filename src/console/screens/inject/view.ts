import type { ObjectRef } from '../../../k8s/object.ts';
import type { Draft } from '../../../suggest/draft.ts';
import type { Suggested, Suggestion } from '../../../suggest/suggested.ts';
import type { ValidatedDraft } from '../../../suggest/validated-draft.ts';
import type { ConsoleState } from '../../store/state.ts';
import { fuzzyScore } from '../palette/entries.ts';

/** The form of one experiment that is being filled in. */
export interface FormView {
  draft: Draft;
  /** How `validate` sees the draft; undefined until it was asked. */
  judged: ValidatedDraft | undefined;
  /** The key of the field under the cursor. */
  field: string | undefined;
  /** The number of pods that are in reach is still asked for. */
  isReading: boolean;
}

/** What can be injected into one object. */
export interface InjectView {
  ref: ObjectRef | undefined;
  phase: 'reading' | 'ready' | 'failed';
  message: string;
  suggested: Suggested | undefined;
  /** Letters of the type that is looked for. */
  filter: string;
  /** The type under the cursor. */
  cursor: string | undefined;
  form: FormView | undefined;
}

export const NOTHING_TO_INJECT: InjectView = {
  ref: undefined,
  phase: 'reading',
  message: '',
  suggested: undefined,
  filter: '',
  cursor: undefined,
  form: undefined,
};

/** `PDBBlock` → `PDBB`, `PodKill` → `PK`: the capital letters, and those at the beginning. */
const initials = (type: string): string => type.replace(/[^A-Z]/g, '');

/** How well a type meets the letters: its initials go before any other match. */
function scoreOf(type: string, wanted: string): number | undefined {
  const capital = initials(type).toLowerCase();
  if (wanted !== '' && capital.startsWith(wanted.toLowerCase())) return -1;
  return fuzzyScore(type, wanted);
}

/** The suggestions that meet the letters typed, those that fit first, the best match first. */
export function shownSuggestions({ inject: { suggested, filter } }: Pick<ConsoleState, 'inject'>): Suggestion[] {
  return (suggested?.faults ?? [])
    .flatMap((fault, order) => {
      const score = scoreOf(fault.type, filter);
      return score === undefined ? [] : [{ fault, order, score }];
    })
    .sort((a, b) => Number(b.fault.fits) - Number(a.fault.fits) || a.score - b.score || a.order - b.order)
    .map(({ fault }) => fault);
}

/** The suggestion under the cursor: by its type, else the first. */
export function chosenSuggestion(state: Pick<ConsoleState, 'inject'>): Suggestion | undefined {
  const shown = shownSuggestions(state);
  return shown.find(({ type }) => type === state.inject.cursor) ?? shown[0];
}
