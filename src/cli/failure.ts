/** Exit codes of every command. Residue (7) takes precedence over 3–6. */
export const EXIT = {
  done: 0,
  internal: 1,
  usage: 2,
  degraded: 3,
  failed: 4,
  inconclusive: 5,
  aborted: 6,
  residue: 7,
  unreachable: 8,
  broken: 9,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with one line for the user: what was expected, what was found, what to do. */
export class CommandFailure extends Error {
  readonly exitCode: ExitCode;
  /** What happened in a word or two, for the table of a fleet; without it the exit code decides. */
  readonly word: string | undefined;
  constructor(message: string, exitCode: ExitCode = EXIT.usage, word?: string) {
    super(message);
    this.exitCode = exitCode;
    this.word = word;
  }
}
