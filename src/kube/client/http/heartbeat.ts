import type { Clock } from '../../../host/clock.ts';

/** Notices a server that does not respond while streams are open: a lost network closes no connection. */
export interface Heartbeat {
  /** Call it for everything that the server sends. */
  received(): void;
  /** Call it when a stream begins; call the returned function when it ends. */
  opened(): () => void;
}

export interface HeartbeatOptions {
  clock: Clock;
  /** After this silence the server is probed, milliseconds. */
  idleMs: number;
  /** Sends a probe with its own deadline; true for any answer. */
  probe: () => Promise<boolean>;
  onDead: () => void;
}

/** Probes only while streams are open; a quiet server costs one small request every `idleMs`. */
export function createHeartbeat({ clock, idleMs, probe, onDead }: HeartbeatOptions): Heartbeat {
  let lastReceivedAt = clock.monotonic();
  let open = 0;
  let watching: AbortController | undefined;

  async function watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const wait = lastReceivedAt + idleMs - clock.monotonic();
      if (wait > 0) {
        await clock.sleep(wait, signal).catch(() => undefined);
        continue;
      }
      if (!(await probe()) && !signal.aborted) onDead();
      // The dead streams are about to close; the silence of new ones counts from now.
      lastReceivedAt = clock.monotonic();
    }
  }

  return {
    received() {
      lastReceivedAt = clock.monotonic();
    },
    opened() {
      open += 1;
      lastReceivedAt = clock.monotonic();
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
