import type { GameDay } from '../plan/document.ts';

export type Probe = GameDay['spec']['probes'][number];

/** What one look of a probe gave. `blind`: what it asks could not be asked. */
export interface ProbeSeen {
  name: string;
  state: 'pass' | 'fail' | 'blind';
  expected: string;
  actual: string;
}

/** What came of asking an address. */
export type HttpAnswer = { ok: true; status: number; body: string; ms: number } | { ok: false; why: string };
/** What came of running a program; no exit code where it was not started or did not end in time. */
export type CommandEnd = { ok: true; exitCode: number; output: string } | { ok: false; why: string };

/** The world as far as probes ask it; passed in. */
export interface ProbeWorld {
  fetch(url: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<HttpAnswer>;
  run(command: readonly string[], options: { timeoutMs: number; signal?: AbortSignal }): Promise<CommandEnd>;
  /** Judges one of the checks that experiments have. */
  check(
    check: NonNullable<Probe['check']>,
    signal?: AbortSignal,
  ): Promise<Pick<ProbeSeen, 'state' | 'expected' | 'actual'>>;
}
