import { type Clean, sanitise } from '../../text/sanitise.ts';
import { currentCapture } from './capture.ts';

/** Sanitises a line of any length for a terminal. */
export const cleanLine = (line: string): Clean => sanitise(line, Number.MAX_SAFE_INTEGER);

/** Prints one line on standard error, for what does not belong to the result. */
export function printNotice(line: string): void {
  write(`mayday: ${cleanLine(line)}\n`);
}

/** The same without `mayday:` in front: one item of a list that the next question is about. */
export function printNoticeItem(line: string): void {
  write(`${cleanLine(line)}\n`);
}

function write(text: string): void {
  const capture = currentCapture();
  if (capture) capture.err(text);
  else process.stderr.write(text);
}
