import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Appends diagnostic lines as JSON, each with its time; private to the user. A log that cannot be written is never a reason to fail. */
export function openLog(path: string): (line: string) => void {
  return line => {
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      appendFileSync(path, `${JSON.stringify({ at: new Date().toISOString(), pid: process.pid, line })}\n`, {
        mode: 0o600,
      });
    } catch {
      // Nowhere to say it: the screen belongs to the console.
    }
  };
}
