import { messageOf } from '../../text/message-of.ts';
/** Why an undo record could not be read, as a phrase. `error` is what the reader threw. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply, or too long';
  return `it does not have the form that its type demands (${messageOf(error)})`;
}
