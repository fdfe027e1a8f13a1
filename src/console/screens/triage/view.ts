import type { Root } from '../../../triage/finding/chain.ts';
import { findingId, type Triage } from '../../../triage/finding/result.ts';
import { groupAlike } from '../../../triage/report/alike.ts';
import type { GateResult } from '../../../triage/run/gate-run.ts';
import type { ConsoleState } from '../../store/state.ts';

/** What is known of the last look for what is broken. */
export interface TriageView {
  phase: 'idle' | 'looking' | 'done' | 'failed';
  /** Gates of the look that is under way, or of the last one. */
  gates: readonly GateResult[];
  /** The last whole answer; it stays on the screen while a new look is under way. */
  result: Triage | undefined;
  /** Server milliseconds of the last whole answer. */
  at: number | undefined;
  message: string;
  /** Rows by which the detail is scrolled. */
  top: number;
}

export const NOTHING_LOOKED_AT: TriageView = {
  phase: 'idle',
  gates: [],
  result: undefined,
  at: undefined,
  message: '',
  top: 0,
};

/** One row of the list: a root cause, with others that say the same of other objects. */
export interface Entry {
  key: string;
  root: Root;
  like: readonly Root[];
}

/** The rows of each answer: a frame asks for them several times, and they stay the same until the next answer. */
const known = new WeakMap<Triage, readonly Entry[]>();

/** The root causes in the order in which to look at them; what only informs is left out. */
export function triageEntries({ triage: { result } }: ConsoleState): readonly Entry[] {
  if (result === undefined) return [];
  const entries = known.get(result) ?? entriesOf(result);
  known.set(result, entries);
  return entries;
}

function entriesOf({ roots }: Triage): Entry[] {
  const shown = roots.filter(({ finding }) => finding.severity !== 'info');
  return groupAlike(shown).map(([root, ...like]) => ({ key: findingId(root.finding), root, like }));
}

/** The entry the cursor is on: by the id of its finding, else the first. */
export function chosenEntry(state: ConsoleState): Entry | undefined {
  const entries = triageEntries(state);
  return entries.find(({ key }) => key === state.cursor.triage) ?? entries[0];
}

/** The first command that would fix the chosen finding. */
export const chosenFix = (state: ConsoleState): string | undefined =>
  chosenEntry(state)?.root.finding.fixes.find(({ command }) => command !== undefined)?.command;
