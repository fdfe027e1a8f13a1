/** A timer that can be cancelled. Cancelling it twice, or after it fired, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Sandbox time: milliseconds since 1970, running `speed` times as fast as the wall. */
export interface SandboxClock {
  /** Now, in milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms` of sandbox time. */
  setTimeout(callback: () => void, ms: number): Timer;
  /** Calls back every `ms` of sandbox time. */
  setInterval(callback: () => void, ms: number): Timer;
  /** Cancels every timer; timers set later never fire. */
  stop(): void;
}

/** What a running clock needs from the outside. */
export interface WallClock {
  now(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** A clock that starts at the wall's time and runs `speed` times as fast. */
export function createClock(wall: WallClock, speed = 1): SandboxClock {
  const started = wall.now();
  const pending = new Map<object, unknown>();
  let stopped = false;
  const now = () => started + (wall.now() - started) * speed;

  const arm = (callback: () => void, ms: number, again: boolean): Timer => {
    const key = {};
    const wait = Math.min(Math.max(ms, 0) / speed, LONGEST_TIMEOUT);
    const fire = () => {
      if (again) pending.set(key, wall.setTimeout(fire, wait));
      else pending.delete(key);
      callback();
    };
    if (!stopped) pending.set(key, wall.setTimeout(fire, wait));
    return {
      cancel() {
        if (!pending.has(key)) return;
        wall.clearTimeout(pending.get(key));
        pending.delete(key);
      },
    };
  };

  return {
    now,
    setTimeout: (callback, ms) => arm(callback, ms, false),
    setInterval: (callback, ms) => arm(callback, ms, true),
    stop() {
      stopped = true;
      for (const handle of pending.values()) wall.clearTimeout(handle);
      pending.clear();
    },
  };
}

/** A clock that moves only by `advance`; timers fire in order of their time. For tests. */
export interface ManualClock extends SandboxClock {
  /** Moves on by `ms`, firing what falls due on the way. */
  advance(ms: number): void;
}

/** A manual clock starting at `start` (milliseconds since 1970). */
export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let time = start;
  let order = 0;
  let timers: { at: number; order: number; every?: number; callback: () => void }[] = [];

  const arm = (callback: () => void, ms: number, every?: number): Timer => {
    const timer = { at: time + Math.max(ms, 0), order: order++, callback, ...(every === undefined ? {} : { every }) };
    timers.push(timer);
    return {
      cancel() {
        timers = timers.filter(t => t !== timer);
      },
    };
  };

  return {
    now: () => time,
    setTimeout: (callback, ms) => arm(callback, ms),
    setInterval: (callback, ms) => arm(callback, ms, Math.max(ms, 1)),
    stop() {
      timers = [];
    },
    advance(ms) {
      const until = time + ms;
      for (;;) {
        const due = timers.filter(t => t.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];
        if (!due) break;
        time = Math.max(time, due.at);
        if (due.every === undefined) timers = timers.filter(t => t !== due);
        else due.at += due.every;
        due.callback();
      }
      time = until;
    },
  };
}
