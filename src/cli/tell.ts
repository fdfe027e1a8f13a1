import { type Clean, sanitise } from '../text/sanitise.ts';
import { hearer } from './voice.ts';

/** A line of any length as it may reach a terminal, whatever it was made of: a file, an argument, the environment, a cluster. */
export const cleanLine = (line: string): Clean => sanitise(line, Number.MAX_SAFE_INTEGER);

/** Tells people something beside the result: one line on standard error. */
export function tell(line: string): void {
  write(`mayday: ${cleanLine(line)}\n`);
}

/** The same without our name in front: one of the things that the next question is about. */
export function tellItem(line: string): void {
  write(`${cleanLine(line)}\n`);
}

function write(text: string): void {
  const heard = hearer();
  if (heard) heard.tell(text);
  else process.stderr.write(text);
}
