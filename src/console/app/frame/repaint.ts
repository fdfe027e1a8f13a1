import type { Clock } from '../../../host/clock.ts';
import type { Terminal } from '../../deps.ts';
import type { Drawn } from './draw.tsx';

/** Default colours, letters instead of line-drawing characters, the whole screen as scroll region, and no wrapping meanwhile. */
const PLAIN_TERMINAL = '\u001B[0m\u001B(B\u001B[r\u001B[?7l\u001B[?25l';
const WRAP = '\u001B[?7h';
const ERASE_TO_END_OF_LINE = '\u001B[K';
const ERASE_TO_END_OF_SCREEN = '\u001B[J';
/** Some terminals tell the new size before they have it themselves, and then cut or move rows that are already drawn. */
const SETTLED_MS = 200;

const at = (row: number): string => `\u001B[${row + 1};1H`;

/** Every row at its place, and the cursor on the last one, where Ink leaves it: its next frame then fits to what is there. */
export function wholeScreen(rows: readonly string[]): string {
  const last = rows.length - 1;
  const drawn = rows.map((row, y) => `${at(y)}${y === last ? ERASE_TO_END_OF_SCREEN : ERASE_TO_END_OF_LINE}${row}`);
  return `${PLAIN_TERMINAL}${drawn.join('')}${WRAP}`;
}

/** Redraws the whole screen. */
export interface Repaint {
  now(): Promise<void>;
  /** After a resize: at once, and again when no other one followed for a moment. */
  resized(): void;
}

/**
 * Ink writes only the rows that differ from its last frame, and moves to them from where it left the cursor. While a
 * terminal changes its size, it moves cursor and rows as well, and what Ink believes about them is no longer true. So after
 * each resize all rows are written, each at its place.
 */
export function createRepaint(
  { stdout }: Pick<Terminal, 'stdout'>,
  clock: Clock,
  ended: AbortSignal,
  screen: { drawn(): Drawn | undefined; isAway(): boolean; rows(): readonly string[] },
): Repaint {
  let resizes = 0;
  let isDue = false;

  async function now(): Promise<void> {
    if (isDue) return;
    isDue = true;
    await screen.drawn()?.waitUntilRenderFlush();
    isDue = false;
    if (ended.aborted || screen.isAway() || screen.drawn() === undefined) return;
    stdout.write(wholeScreen(screen.rows()));
  }

  async function settled(resize: number): Promise<void> {
    await clock.sleep(SETTLED_MS, ended).catch(() => undefined);
    if (resize === resizes) await now();
  }

  return {
    now,
    resized() {
      resizes += 1;
      void now();
      void settled(resizes);
    },
  };
}
