import type { Glyphs } from '../../text/glyphs.ts';
import type { Now } from '../store/select.ts';
import type { ConsoleStore } from '../store/state.ts';
import { paint, type Theme } from '../widgets/theme.ts';
import type { Painted } from './app.tsx';
import { frame } from './frame.ts';

export interface Painter extends Painted {
  /** Draws what only time has changed: clocks, ages, lapsed notices. */
  tick(): void;
  stop(): void;
}

/**
 * Turns state into painted rows, once per turn however often the state changed, and tells React only when a row looks
 * different: an idle cluster paints nothing.
 */
export function createPainter(
  store: ConsoleStore,
  look: { theme: Theme; glyphs: Glyphs; isAscii: boolean },
  now: () => Now,
): Painter {
  const listeners = new Set<() => void>();
  let isDue = false;
  let isStopped = false;
  let painted = draw();

  function draw(): readonly string[] {
    const state = store.getState();
    const view = { columns: state.columns, rows: state.rows, now: now(), glyphs: look.glyphs };
    return frame(state, view).map(line => paint(line, look.theme, look.isAscii));
  }

  function renew(): void {
    isDue = false;
    if (isStopped) return;
    const next = draw();
    if (next.length === painted.length && next.every((row, i) => row === painted[i])) return;
    painted = next;
    for (const listener of listeners) listener();
  }

  function soon(): void {
    if (isDue || isStopped) return;
    isDue = true;
    queueMicrotask(renew);
  }

  const unsubscribe = store.subscribe(soon);
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    rows: () => painted,
    tick: soon,
    stop() {
      isStopped = true;
      unsubscribe();
    },
  };
}
