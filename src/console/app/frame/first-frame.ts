import type { Terminal } from '../../deps.ts';

const ENTER_ALTERNATE_SCREEN = '\u001B[?1049h';
const LEAVE_ALTERNATE_SCREEN = '\u001B[?1049l';
const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const HOME = '\u001B[H';
const ERASE_TO_END_OF_LINE = '\u001B[K';
const ERASE_TO_END_OF_SCREEN = '\u001B[J';

/** The frame that is shown before Ink is loaded. */
export interface FirstFrame {
  /** Draws it again with the present state. Ink does not erase what is there, so the rows of another screen would stay visible. */
  again(rows: readonly string[]): void;
  /** Gives the terminal back, when the console ends before Ink is loaded. A second call does nothing. */
  leave(): void;
  isLeft(): boolean;
}

/**
 * Writes the first frame straight to the terminal: loading and laying out with Ink takes longer than everything else before it.
 * Keys typed meanwhile wait in the terminal, unechoed, until Ink reads them. The cursor is left at the top, where Ink begins.
 */
export function paintFirstFrame({ stdin, stdout }: Terminal, rows: readonly string[]): FirstFrame {
  const input = stdin as Partial<NodeJS.ReadStream>;
  let isLeft = false;
  if (input.isTTY) input.setRawMode?.(true);
  stdout.write(`${ENTER_ALTERNATE_SCREEN}${HIDE_CURSOR}${HOME}${rows.join('\r\n')}${HOME}`);
  return {
    again(now) {
      const whole = now.map(row => `${ERASE_TO_END_OF_LINE}${row}`).join('\r\n');
      stdout.write(`${HOME}${whole}${ERASE_TO_END_OF_SCREEN}${HOME}`);
    },
    leave() {
      if (isLeft) return;
      isLeft = true;
      stdout.write(`${LEAVE_ALTERNATE_SCREEN}${SHOW_CURSOR}`);
      if (input.isTTY) input.setRawMode?.(false);
    },
    isLeft: () => isLeft,
  };
}
