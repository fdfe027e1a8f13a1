/** `20261121-150233123-3f9a2c`: sorts by time, and two consoles that start in the same millisecond still differ. `random` is in [0,1). */
export function makeRunId(now: number, random: () => number): string {
  const [date, time] = new Date(now).toISOString().split('T') as [string, string];
  const suffix = Math.floor(random() * 0x1000000)
    .toString(16)
    .padStart(6, '0');
  return `${date.replaceAll('-', '')}-${time.replaceAll(/[:.Z]/g, '')}-${suffix}`;
}

/** Whether a text is a valid id of a run, so that it cannot lead out of the state directory. */
export const isRunId = (text: string): boolean => /^\d{8}-\d{9}-[0-9a-f]{6}$/.test(text);
