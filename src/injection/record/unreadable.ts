import { messageOf } from '../../text/message-of.ts';
/** Why a reader gave up on a record, in a phrase. `error` is what it threw. */
export function whyUnreadable(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply, or too long';
  return `it does not have the form that its type demands (${messageOf(error)})`;
}
