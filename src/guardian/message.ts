import type { Announcement } from '../engine/guard.ts';

/** A message of the injecting process to its guardian, one JSON object a line. `n` numbers messages that need an answer. */
export type FromOwner =
  /** This write is about to be sent. Answered when it is known. */
  | ({ is: 'guard'; n: number } & Announcement)
  /** The owner reverts this run itself. Answered when the guardian leaves it alone. */
  | { is: 'revert'; n: number; run: string }
  /** The owner has ended this run; `residue` is null if it does not know how much is left. */
  | { is: 'over'; run: string; residue: number | null }
  /** The owner's answer to `there?`. */
  | { is: 'here' }
  /** The owner is about to be suspended (ctrl-z), and reverts nothing until it sends `resumed`. Answered when the guardian knows. */
  | { is: 'suspended'; n: number }
  | { is: 'resumed' };

/** A message of the guardian to the process that started it. */
export type FromGuardian =
  | { is: 'ready'; pid: number; processStart?: string; server: string; log: string }
  | { is: 'yes'; n: number }
  /** The guardian has taken this run over: nothing more may be written for it. */
  | { is: 'no'; n: number; why: string }
  /** Asked if a run is overdue and the owner has not announced its revert. */
  | { is: 'there?' };

/** A message as its line. */
export const lineOf = (message: FromOwner | FromGuardian): string => `${JSON.stringify(message)}\n`;

/** The message of a line; undefined for anything else, such as half a line from a broken pipe. Both ends are this program, so it is not validated further. */
export function messageOf<T extends FromOwner | FromGuardian>(line: string): T | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'is' in value ? (value as T) : undefined;
  } catch {
    return undefined;
  }
}
