import { parseDuration } from '../text/duration.ts';
import { CommandFailure } from './failure.ts';

/** Parses an option that is a whole number; throws a usage failure where it is none or out of range. */
export function wholeNumber(value: unknown, option: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number >= least && number <= most) return number;
  throw new CommandFailure(
    `expected --${option} to be a whole number from ${least} to ${most}, found ${String(value)}`,
  );
}

/** Parses an option that is a duration above zero; gives milliseconds. */
export function durationOption(value: unknown, option: string): number | undefined {
  if (value === undefined) return undefined;
  const ms = parseDuration(String(value));
  if (ms !== undefined && ms > 0) return ms;
  throw new CommandFailure(`expected --${option} to be a duration such as 90s or 10m, found ${String(value)}`);
}
