import { FAULT_TYPES } from '../faults/types.ts';
import type { Choice } from '../revert/scan/choose.ts';
import { parseDuration } from '../text/duration.ts';
import { CommandFailure } from './failure.ts';

/** Parses `--type`, `--experiment` and `--older-than`; throws a `CommandFailure` where one is invalid. */
export function choiceOf(options: Readonly<Record<string, unknown>>): Choice {
  const { type, experiment, olderThan } = options;
  return {
    ...(typeof type === 'string' ? { type: faultType(type) } : {}),
    ...(typeof experiment === 'string' ? { experiment } : {}),
    ...(typeof olderThan === 'string' ? { olderThanMs: duration(olderThan) } : {}),
  };
}

function faultType(text: string): (typeof FAULT_TYPES)[number] {
  const type = FAULT_TYPES.find(one => one.toLowerCase() === text.toLowerCase());
  if (type === undefined)
    throw new CommandFailure(`expected --type to be one of ${FAULT_TYPES.join(', ')}; found ${text}`);
  return type;
}

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined || ms < 0)
    throw new CommandFailure(`expected --older-than to be a duration such as 30m or 2h, found ${text}`);
  return ms;
}
