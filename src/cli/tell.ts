import { type Clean, sanitise } from '../text/sanitise.ts';

/** A line of any length as it may reach a terminal, whatever it was made of: a file, an argument, the environment, a cluster. */
export const cleanLine = (line: string): Clean => sanitise(line, Number.MAX_SAFE_INTEGER);

/** Tells people something beside the result: one line on standard error. */
export function tell(line: string): void {
  process.stderr.write(`mayday: ${cleanLine(line)}\n`);
}

/** The same without our name in front: one of the things that the next question is about. */
export function tellItem(line: string): void {
  process.stderr.write(`${cleanLine(line)}\n`);
}
