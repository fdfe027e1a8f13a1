import { sanitise } from '../text/sanitise.ts';

const LONGEST = 2_000;

/** A text for a report: sanitised, and cut to a readable length. */
export const clean = (text: string): string => sanitise(text, LONGEST);
