import type { Terminal } from '../../deps.ts';
import type { AppProps } from '../app.tsx';
import type { Drawn } from './draw.tsx';
import { paintFirstFrame } from './first-frame.ts';
import type { Painter } from './painter.ts';

/** The terminal while the console draws on it: first a frame that needs no Ink, later Ink. */
export interface FullScreen {
  /** Loads Ink, and lets it draw from then on, unless the terminal was given back meanwhile. */
  drawWithInk(props: Omit<AppProps, 'painted'>): Promise<void>;
  /** What Ink draws; undefined before Ink is loaded and after the terminal was given back. */
  drawn(): Drawn | undefined;
  /** Gives the terminal back. A second call does nothing. */
  leave(): void;
  /** Resolves when Ink has written everything. */
  untilWritten(): Promise<void>;
}

/** Draws the first frame. */
export function openFullScreen(terminal: Terminal, painter: Painter): FullScreen {
  const first = paintFirstFrame(terminal, painter.rows());
  let drawn: Drawn | undefined;
  let isLeft = false;
  return {
    async drawWithInk(props) {
      const { draw } = await import('./draw.tsx');
      if (first.isLeft()) return;
      first.again(painter.rows());
      drawn = draw(terminal, { painted: painter, ...props });
    },
    drawn: () => (isLeft ? undefined : drawn),
    leave() {
      isLeft = true;
      if (drawn) drawn.unmount();
      else first.leave();
    },
    async untilWritten() {
      await drawn?.waitUntilExit().catch(() => undefined);
    },
  };
}
