import type { Clean } from '../text/sanitise.ts';
import { writeOwn } from './output.ts';

/** Lines at the end of a terminal that are drawn again and again; what is said above them stays. */
export interface LiveLines {
  draw(lines: readonly Clean[]): void;
  /** One line that stays, above what is drawn. */
  above(line: Clean): void;
  /** Leaves what was drawn last where it is. */
  end(): void;
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** For a terminal only: it moves the cursor. Lines must not be wider than the terminal, nor more than it has rows. */
export function liveLines(write: (text: string) => void = writeOwn): LiveLines {
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
