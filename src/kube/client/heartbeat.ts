import type { Clock } from '../../host/clock.ts';

/** Notices a server that has fallen silent while streams wait for it: nothing else would, a lost network sends no goodbye. */
export interface Heartbeat {
  /** Something came from the server. */
  heard(): void;
  /** A stream began; call what comes back when it ends. */
  opened(): () => void;
}

export interface HeartbeatOptions {
  clock: Clock;
  /** Silence after which the server is asked for a sign of life. */
  idleMs: number;
  /** Asks, within a deadline of its own; any answer is a sign. */
  probe: () => Promise<boolean>;
  onDead: () => void;
}

/** Watches over streams, only while there are any; a quiet server costs one small request each `idleMs`. */
export function createHeartbeat({ clock, idleMs, probe, onDead }: HeartbeatOptions): Heartbeat {
  let heardAt = clock.monotonic();
  let open = 0;
  let watching: AbortController | undefined;

  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wait = heardAt + idleMs - clock.monotonic();
      if (wait > 0) {
        await clock.sleep(wait, signal).catch(() => undefined);
        continue;
      }
      if (!(await probe()) && !signal.aborted) onDead();
      // Dead streams are about to close; new ones start with a fresh sign of life.
      heardAt = clock.monotonic();
    }
  }

  return {
    heard() {
      heardAt = clock.monotonic();
    },
    opened() {
      open += 1;
      heardAt = clock.monotonic();
      if (!watching) {
        watching = new AbortController();
        void watch(watching.signal);
      }
      return () => {
        open -= 1;
        if (open > 0) return;
        watching?.abort();
        watching = undefined;
      };
    },
  };
}
