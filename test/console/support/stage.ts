import { Console } from 'node:console';
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
// Loaded beforehand: the console must not wait for a module of its own while a test moves its clock.
import '../../../src/console/app/frame/draw.tsx';
import { startConsole } from '../../../src/console/app/start.ts';
import type { ConsoleDeps } from '../../../src/console/deps.ts';
import { settle } from '../../support/manual-clock.ts';
import { fakeDeps, type Script } from './fake-session.ts';

// The test runner's console lacks the constructor that Ink's console guard wants.
Object.assign(console, { Console });

/** Ink holds frames back by a timer of its own, which is the machine's; this makes it a millisecond. */
const MAX_FPS = 1_000;
/** What Ink writes when the console is mounted on it. */
const BRACKETED_PASTE = '\u001b[?2004h';
/** How long the console's clock may run, in milliseconds, until what a test waits for is on the screen. */
const LONGEST_WAIT_MS = 60_000;

/** What the screen is to show. */
type Wanted = string | RegExp | ((screen: string) => boolean);

/**
 * The console on a terminal in memory: keys go in as bytes, what a person sees comes out. Its clock stands still while a
 * test looks and types, and moves on, from one timer to the next, only while a test waits for something.
 */
export interface Stage {
  rows(): string[];
  screen(): string;
  send(keys: string): void;
  /** Sends keys, and waits until the screen shows what they lead to. */
  press(keys: string, shows: Wanted): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Puts text on the screen that the console knows nothing of, escapes included. */
  meddle(text: string): void;
  waitFor(wanted: Wanted): Promise<void>;
  /** The exit code; reading it lets time pass until the console has ended. */
  readonly exit: Promise<number>;
  /** What was written to stderr after the screen was given back. */
  words(): string;
  raw(): string;
  end(): Promise<number>;
}

/** Opens the console for the test that is running, and ends it afterwards. */
export function stage(
  play: Script,
  size: { columns: number; rows: number },
  options: { settings?: Partial<ConsoleDeps['settings']>; deps?: Partial<ConsoleDeps> } = {},
): Stage {
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    allowProposedApi: true,
    convertEol: true,
  });
  let raw = '';
  let words = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        raw += String(chunk);
        terminal.write(String(chunk));
        done();
      },
    }),
    { columns: size.columns, rows: size.rows, isTTY: true },
  );
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      words += String(chunk);
      done();
    },
  });
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => stdin,
    ref: () => stdin,
    unref: () => stdin,
  });
  const ended = startConsole({
    ...fakeDeps(
      play,
      { stdin, stdout, stderr, maxFps: MAX_FPS, isInkLoaded: true },
      { armMs: 10_000, ...options.settings },
    ),
    ...options.deps,
  });
  let exitCode: number | undefined;
  ended.then(
    code => {
      exitCode = code;
    },
    () => undefined,
  );
  const rows = (): string[] =>
    Array.from(
      { length: terminal.rows },
      (_, y) =>
        // A line of this terminal can keep cells from when it was wider.
        terminal.buffer.active
          .getLine(terminal.buffer.active.viewportY + y)
          ?.translateToString(true, 0, terminal.cols) ?? '',
    );
  const screen = (): string => rows().join('\n');
  const isDrawing = (): boolean => exitCode !== undefined || raw.includes(BRACKETED_PASTE);

  /** Until nothing more happens without time passing, and all of it is on the screen. */
  async function settled(): Promise<void> {
    for (let before = -1; before !== raw.length || !isDrawing(); ) {
      before = raw.length;
      await settle();
      await new Promise(resolve => setTimeout(resolve, 2));
      await new Promise<void>(resolve => terminal.write('', resolve));
    }
  }

  /** Lets time pass until `isDone`; false when it is not within the longest wait. */
  async function pass(isDone: () => boolean): Promise<boolean> {
    const last = play.clock.monotonic() + LONGEST_WAIT_MS;
    for (;;) {
      await settled();
      if (isDone()) return true;
      const [next] = play.clock.sleeping;
      if (next === undefined || play.clock.monotonic() + next > last) return false;
      await play.clock.advance(next);
    }
  }

  async function exit(): Promise<number> {
    await pass(() => exitCode !== undefined);
    return ended;
  }

  const made: Stage = {
    rows,
    screen,
    raw: () => raw,
    words: () => words,
    get exit() {
      return exit();
    },
    send: keys => void stdin.write(keys),
    press(keys, shows) {
      made.send(keys);
      return made.waitFor(shows);
    },
    resize(columns, height) {
      terminal.resize(columns, height);
      Object.assign(stdout, { columns, rows: height });
      stdout.emit('resize');
    },
    meddle: text => terminal.write(text),
    async waitFor(wanted) {
      const isShown = (): boolean => {
        const now = screen();
        if (typeof wanted === 'string') return now.includes(wanted);
        return wanted instanceof RegExp ? wanted.test(now) : wanted(now);
      };
      if (!(await pass(isShown))) throw new Error(`expected ${String(wanted)}; the screen shows:\n${screen()}`);
    },
    async end() {
      stdin.write('\u0003');
      await settled();
      stdin.write('\u0003');
      return exit();
    },
  };
  onTestFinished(async () => {
    await made.end();
  });
  return made;
}
