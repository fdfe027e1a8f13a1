import type { Clock } from '../host/clock.ts';
import type { FromGuardian } from './message.ts';

const ANSWER_MS = 3_000;

/** Asks the owner whether it still answers. */
export interface OwnerCheck {
  /** Call at every message of the owner, which counts as an answer. */
  answered(): void;
  /**
   * Whether the owner answers, although it has not announced the revert of an overdue run. One question serves all runs.
   */
  answers(): Promise<boolean>;
}

/** An owner counts as silent if it sends nothing for three seconds after the question. */
export function createOwnerCheck({ clock, send }: { clock: Clock; send(message: FromGuardian): void }): OwnerCheck {
  let answered: (() => void) | undefined;
  let asking: Promise<boolean> | undefined;

  async function ask(): Promise<boolean> {
    const stopWaiting = new AbortController();
    answered = () => stopWaiting.abort();
    send({ is: 'there?' });
    const silent = await clock.sleep(ANSWER_MS, stopWaiting.signal).then(
      () => true,
      () => false,
    );
    asking = undefined;
    return !silent;
  }

  return {
    answered: () => answered?.(),
    answers() {
      asking ??= ask();
      return asking;
    },
  };
}
