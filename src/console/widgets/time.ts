import { clockText } from '../../text/duration.ts';

/** A countdown as `m:ss`; what is over shows 0:00. Input in milliseconds. */
export const clock = (ms: number): string => clockText(Math.max(0, ms), 'countdown');

/** Time that passed as `m:ss`. */
export const elapsed = (ms: number): string => clockText(Math.max(0, ms));

/** Wall time of day, `14:02:11`, in the zone of this machine. Input in milliseconds since the epoch. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(part => String(part).padStart(2, '0')).join(':');
}
