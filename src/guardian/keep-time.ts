import type { GuardianState } from './guardian-state.ts';

const PROBE_EACH_MS = 15_000;
/** How often the clocks are compared, milliseconds. */
const CHECK_EACH_MS = 1_000;
/** How far the wall clock may drift from the monotonic one; more means that the machine slept or the clock was set. */
const JUMP_MS = 1_000;

/** Sends a request at intervals, to keep the connection open and the server's time known; at once if the machine slept. */
export async function keepTime({ deps, wakeUp, over }: Pick<GuardianState, 'deps' | 'wakeUp' | 'over'>): Promise<void> {
  const { clock } = deps;
  const drift = () => clock.now() - clock.monotonic();
  let seen = drift();
  let probedAt = Number.NEGATIVE_INFINITY;
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const jumped = Math.abs(drift() - seen) > JUMP_MS;
    if (jumped || clock.monotonic() - probedAt >= PROBE_EACH_MS) {
      const isAnswered = await deps.probe();
      probedAt = isAnswered ? clock.monotonic() : Number.NEGATIVE_INFINITY;
      if (isAnswered) seen = drift();
      if (isAnswered && jumped) wakeUp.wake();
    }
    await wakeUp.sleep(CHECK_EACH_MS);
  }
}
