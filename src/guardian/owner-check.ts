import type { Clock } from '../host/clock.ts';
import type { FromGuardian } from './message.ts';

const ANSWER_MS = 3_000;

/** Asks the owner whether it is there. */
export interface OwnerCheck {
  /** Call with every message of the owner: it answers. */
  heard(): void;
  /**
   * Whether the owner answers at all, although it has not announced a revert of what is overdue. Asked once for all
   * runs.
   */
  answers(): Promise<boolean>;
}

export function createOwnerCheck({ clock, send }: { clock: Clock; send(message: FromGuardian): void }): OwnerCheck {
  let heard: (() => void) | undefined;
  let asking: Promise<boolean> | undefined;

  async function ask(): Promise<boolean> {
    const answered = new AbortController();
    heard = () => answered.abort();
    send({ is: 'there?' });
    const silent = await clock.sleep(ANSWER_MS, answered.signal).then(
      () => true,
      () => false,
    );
    asking = undefined;
    return !silent;
  }

  return {
    heard: () => heard?.(),
    answers() {
      asking ??= ask();
      return asking;
    },
  };
}
