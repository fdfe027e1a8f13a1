import { type Mouse, reportsIn } from '../../keymap/mouse.ts';

/** The terminal is asked for presses and the wheel, with coordinates of any size (SGR 1006). */
export const MOUSE_ON = '\u001b[?1000h\u001b[?1006h';
export const MOUSE_OFF = '\u001b[?1006l\u001b[?1000l';

/** Reports of the mouse, for as long as they are wanted. */
export interface MouseReports {
  on(): void;
  off(): void;
}

/**
 * Reads mouse events beside Ink, which reads the input and drops what is not a key. It is attached only while Ink
 * reads, or it would take input from the program that has the terminal otherwise.
 */
export function createMouseReports(
  stdin: NodeJS.ReadableStream,
  write: (text: string) => void,
  onEvent: (event: Mouse) => void,
): MouseReports {
  let isOn = false;
  let rest = '';
  const listen = (chunk: string | Buffer): void => {
    const read = reportsIn(rest + String(chunk));
    rest = read.rest;
    for (const event of read.events) onEvent(event);
  };
  return {
    on() {
      if (isOn) return;
      isOn = true;
      stdin.on('data', listen);
      write(MOUSE_ON);
    },
    off() {
      if (!isOn) return;
      isOn = false;
      rest = '';
      stdin.off('data', listen);
      write(MOUSE_OFF);
    },
  };
}
