import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { jsonText } from '../text/json.ts';

/** Appends what happened as JSON lines, each with its time; private to the user. A log that cannot be written is never a reason to fail. */
export function openEventLog(path: string): (facts: Record<string, unknown>) => void {
  return facts => {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      appendFileSync(path, `${jsonText({ at: new Date().toISOString(), pid: process.pid, ...facts })}\n`, {
        mode: 0o600,
      });
    } catch {
      // Nowhere to say it: the screen belongs to the console, and a guardian has none.
    }
  };
}

/** The same for plain lines. */
export function openLog(path: string): (line: string) => void {
  const write = openEventLog(path);
  return line => write({ line });
}
