import { Console } from 'node:console';
import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import { startConsole } from '../../../src/console/app/start.ts';
import type { ConsoleDeps } from '../../../src/console/deps.ts';
import { fakeDeps, type Script } from './fake-session.ts';

// The test runner's console lacks the constructor that Ink's console guard wants.
Object.assign(console, { Console });

/** The console on a terminal in memory: keys go in as bytes, what a person sees comes out. */
export interface Stage {
  rows(): string[];
  screen(): string;
  send(keys: string): void;
  resize(columns: number, rows: number): void;
  waitFor(wanted: string | RegExp | ((screen: string) => boolean)): Promise<void>;
  readonly exit: Promise<number>;
  /** What was written to stderr after the screen was given back. */
  words(): string;
  raw(): string;
  end(): Promise<number>;
}

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
  const looks = new Set<() => void>();
  let raw = '';
  let words = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        raw += String(chunk);
        terminal.write(String(chunk), () => {
          for (const look of [...looks]) look();
        });
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
  const exit = startConsole({
    ...fakeDeps(play, { stdin, stdout, stderr }, { armMs: 10_000, ...options.settings }),
    ...options.deps,
  });
  const rows = (): string[] =>
    Array.from(
      { length: terminal.rows },
      (_, y) => terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y)?.translateToString(true) ?? '',
    );
  const screen = (): string => rows().join('\n');
  return {
    rows,
    screen,
    raw: () => raw,
    words: () => words,
    exit,
    send: keys => void stdin.write(keys),
    resize(columns, height) {
      terminal.resize(columns, height);
      Object.assign(stdout, { columns, rows: height });
      stdout.emit('resize');
    },
    waitFor: wanted =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          looks.delete(look);
          reject(new Error(`expected ${String(wanted)}; the screen shows:\n${screen()}`));
        }, 5_000);
        const look = (): void => {
          const now = screen();
          if (
            !(typeof wanted === 'string'
              ? now.includes(wanted)
              : wanted instanceof RegExp
                ? wanted.test(now)
                : wanted(now))
          )
            return;
          clearTimeout(timer);
          looks.delete(look);
          resolve();
        };
        looks.add(look);
        look();
      }),
    end() {
      stdin.write('\u0003');
      setTimeout(() => stdin.write('\u0003'), 50);
      return exit;
    },
  };
}
