import type { Clean } from '../text/sanitise.ts';
import { writeToTerminal } from './output/output.ts';

/** A block of lines at the end of a terminal that is redrawn; lines printed above it stay. */
export interface LiveLines {
  draw(lines: readonly Clean[]): void;
  /** Prints one line above the block; it stays. */
  above(line: Clean): void;
  /** Ends the redrawing; the last block stays on the screen. */
  end(): void;
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** For a terminal only: it moves the cursor. Lines must not be wider than the terminal, nor more than it has rows. */
export function liveLines(write: (text: string) => void = writeToTerminal): LiveLines {
  let shown: readonly Clean[] = [];
  const back = () => (shown.length === 0 ? '' : `\r\u001b[${shown.length}A\u001b[J`);
  const text = (lines: readonly Clean[]) => lines.map(line => `${line}\n`).join('');
  return {
    draw(lines) {
      write(`${HIDE}${back()}${text(lines)}${SHOW}`);
      shown = lines;
    },
    above(line) {
      write(`${back()}${line}\n${text(shown)}`);
    },
    end() {
      shown = [];
    },
  };
}
