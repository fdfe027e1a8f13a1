import { counted } from '../text/counted.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import type { SuiteEvent } from './event.ts';
import { endText, leftText } from './table.ts';

/** What a line needs besides its event. */
export interface SuiteLineOptions {
  total: number;
  /** How many times faster than real time the suite's clock runs. */
  speed: number;
  utc?: boolean;
}

/** The line of one event; undefined for events that only the table shows. */
export function suiteLine(event: SuiteEvent, options: SuiteLineOptions): Clean | undefined {
  const text = textOf(event, options);
  if (text === undefined) return undefined;
  const date = new Date(event.at);
  const clock = options.utc ? date.toISOString().slice(11, 19) : date.toTimeString().slice(0, 8);
  return sanitise(`${clock}  ${text}`, Number.MAX_SAFE_INTEGER);
}

function textOf(event: SuiteEvent, { total, speed }: SuiteLineOptions): string | undefined {
  switch (event.event) {
    case 'begin': {
      const before = event.done.length === 0 ? '' : `, ${event.done.length} of ${total} are done already`;
      return `suite ${event.suite}: ${counted(event.entries.length, 'run')}, up to ${event.parallel} side by side${before}; ${leftText(event.left.longestMs / speed)}`;
    }
    case 'started':
      return `start         ${event.key}`;
    case 'waiting':
      return `not steady    ${event.key}: ${event.says}`;
    case 'finished': {
      const { waiting, running, longestMs } = event.left;
      const done = total - waiting - running;
      return `${event.verdict.toUpperCase().padEnd(12)}  ${event.key}  ${endText(event)}   ${done} of ${total} done, ${leftText(longestMs / speed)}`;
    }
    case 'not-run':
      return `NOT RUN       ${event.key}: ${event.says}`;
    case 'note':
      return `note          ${event.says}`;
    case 'end':
      return `end           ${event.says}`;
    case 'run':
      return undefined;
  }
}
