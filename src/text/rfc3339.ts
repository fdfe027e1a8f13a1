/** A moment as RFC 3339 text, in UTC with milliseconds. `at`: milliseconds since the epoch. */
export const rfc3339 = (at: number): string => new Date(at).toISOString();
