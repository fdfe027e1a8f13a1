import type { Clean } from '../../../text/sanitise.ts';

/** A fix of a finding as a person is asked about it. */
export interface FixPlan {
  /** The finding's id, and the name of the fix. */
  finding: string;
  fix: string;
  /** What it does to which object, in a few words. */
  title: Clean;
  about: Clean;
  writes: readonly Clean[];
  warnings: readonly Clean[];
  undo: Clean;
  /** Other fixes of the same finding. */
  others: readonly { fix: string; title: Clean }[];
}

/** The result of a fix. */
export interface FixEnd {
  isDone: boolean;
  lines: readonly Clean[];
  /** The file in which the whole object was saved before it was deleted. */
  saved?: string;
}

export interface FixView {
  phase: 'planning' | 'asking' | 'doing' | 'done' | 'failed';
  plan: FixPlan | undefined;
  end: FixEnd | undefined;
  message: string;
  /** The context's name, as far as it was typed; a protected one needs it. */
  typed: string;
}

export const NO_FIX: FixView = { phase: 'planning', plan: undefined, end: undefined, message: '', typed: '' };
