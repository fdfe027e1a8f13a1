import type { Now } from '../../store/select.ts';
import type { ConsoleStore } from '../../store/state.ts';
import { flat, type Layout } from '../../widgets/layout.ts';
import { exactly, sized } from '../../widgets/line.ts';
import type { Picture } from '../../widgets/picture.ts';
import { paint, type Theme } from '../../widgets/theme.ts';
import { frame } from './frame.ts';
import type { Look } from './look.ts';

/** The state and the times that are drawn, of one cluster. */
export interface Shown {
  store: ConsoleStore;
  now(): Now;
}

/** The painted screen, for React to follow. */
export interface Painted {
  subscribe(listener: () => void): () => void;
  picture(): Picture;
}

export interface Painter extends Painted {
  /** Draws what only time has changed: clocks, ages, lapsed notices. */
  tick(): void;
  /** The screen as rows of the terminal: the first frame, which Ink does not draw. */
  rows(): readonly string[];
  /** Switches to another cluster. */
  show(next: Shown): void;
  /** Switches to another theme. */
  theme(next: Theme): void;
  stop(): void;
}

/**
 * Turns state into a painted screen, once per turn however often the state changed, and tells React only when something looks
 * different: an idle cluster paints nothing.
 */
export function createPainter(first: Shown, begin: Look): Painter {
  let shown = first;
  let look = begin;
  const listeners = new Set<() => void>();
  let isDue = false;
  let isStopped = false;
  let picture = paintOver(undefined, layout());

  function layout(): Layout {
    const state = shown.store.getState();
    return frame(state, { columns: state.columns, rows: state.rows, now: shown.now(), glyphs: look.glyphs });
  }

  function paintOver(before: Picture | undefined, from: Layout): Picture {
    if (from.is === 'pane') {
      const rows = sized(from.lines, from.rows).map(line =>
        paint(exactly(line, from.columns), look.theme, look.isAscii),
      );
      const isSame = before?.is === 'pane' && before.columns === from.columns && sameItems(before.rows, rows);
      return isSame ? before : { is: 'pane', columns: from.columns, rows };
    }
    const old = before?.is === from.is ? before.parts : [];
    const parts = from.parts.map((part, i) => paintOver(old[i], part));
    const isSame = before?.is === from.is && sameItems(before.parts, parts);
    return isSame ? before : { is: from.is, gap: from.is === 'row' ? from.gap : 0, parts };
  }

  function renew(): void {
    isDue = false;
    if (isStopped) return;
    const next = paintOver(picture, layout());
    if (next === picture) return;
    picture = next;
    for (const listener of listeners) listener();
  }

  function soon(): void {
    if (isDue || isStopped) return;
    isDue = true;
    queueMicrotask(renew);
  }

  let unsubscribe = shown.store.subscribe(soon);
  return {
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    picture: () => picture,
    rows: () => flat(layout()).map(line => paint(line, look.theme, look.isAscii)),
    tick: soon,
    theme(next) {
      if (next === look.theme) return;
      look = { ...look, theme: next };
      soon();
    },
    show(next) {
      unsubscribe();
      shown = next;
      unsubscribe = next.store.subscribe(soon);
      soon();
    },
    stop() {
      isStopped = true;
      unsubscribe();
    },
  };
}

const sameItems = <T>(a: readonly T[], b: readonly T[]): boolean =>
  a.length === b.length && a.every((item, i) => item === b[i]);
