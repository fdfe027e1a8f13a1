import type { GameDay } from '../plan/document.ts';
import type { HttpConfig } from '../plan/http-config.ts';

export type Probe = GameDay['spec']['probes'][number];

/** The result of asking a probe once. `blind`: it could not be asked. */
export interface ProbeSeen {
  name: string;
  state: 'pass' | 'fail' | 'blind';
  expected: string;
  actual: string;
}

/** The answer of an HTTP request. */
/** `notAsked`: nothing was sent, since credentials are missing. */
type HttpAnswer = { ok: true; status: number; body: string; ms: number } | { ok: false; why: string; notAsked?: true };
/** How a program ended. `ok` is false where it was not started or did not end in time. */
type CommandEnd = { ok: true; exitCode: number; output: string } | { ok: false; why: string };

/** What probes use from outside; passed in. */
export interface ProbeWorld {
  fetch(
    url: string,
    options: { timeoutMs: number; signal?: AbortSignal; config?: HttpConfig | undefined },
  ): Promise<HttpAnswer>;
  run(command: readonly string[], options: { timeoutMs: number; signal?: AbortSignal }): Promise<CommandEnd>;
  /** Judges one of the checks that experiments have. */
  check(
    check: NonNullable<Probe['check']>,
    signal?: AbortSignal,
  ): Promise<Pick<ProbeSeen, 'state' | 'expected' | 'actual'>>;
}
