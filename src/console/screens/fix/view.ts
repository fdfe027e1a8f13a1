import type { ObjectRef } from '../../../k8s/object.ts';
import { sameName } from '../../../k8s/object-ref.ts';
import { age } from '../../../text/duration.ts';
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

/** A fix that was done from this console. */
interface DoneFix {
  /** The object of the finding that it was for. */
  object: ObjectRef;
  title: Clean;
  /** Server milliseconds. */
  at: number;
}

export interface FixView {
  phase: 'planning' | 'asking' | 'doing' | 'done' | 'failed';
  plan: FixPlan | undefined;
  end: FixEnd | undefined;
  message: string;
  /** The context's name, as far as it was typed; a protected one needs it. */
  typed: string;
  /** What was done so far, the newest last. */
  done: readonly DoneFix[];
}

/** How long a fix may take to show, milliseconds: new pods are started, and engines compare again. */
const TAKES_MS = 120_000;

/** What was just done about this object, and may not show yet; undefined if nothing was. */
export function justDone({ done }: FixView, object: ObjectRef, serverNow: number): string | undefined {
  const last = done.findLast(one => sameName(one.object, object) && serverNow - one.at < TAKES_MS);
  return (
    last && `${age(serverNow - last.at)} ago: ${last.title}. It may take a minute to show; triage looks again by itself`
  );
}

export const NO_FIX: FixView = { phase: 'planning', plan: undefined, end: undefined, message: '', typed: '', done: [] };
