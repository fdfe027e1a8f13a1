import { spawn } from '@lydell/node-pty';
import xterm, { type IBuffer } from '@xterm/headless';

export interface Size {
  columns: number;
  rows: number;
}

export interface StartOptions {
  env?: Record<string, string | undefined>;
  cwd?: string;
  /** Changes what the program wrote before the screen sees it. */
  rewrite?(data: string): string;
  /** Hears all output with its time. */
  hear?(ms: number, data: string): void;
}

/** What the screen is to show. */
type Wanted = string | RegExp | ((screen: string) => boolean);

/** A program in a real pseudo-terminal, with a real screen behind it. All times are milliseconds since the spawn. */
export interface Pty {
  readonly pid: number;
  /** The rows of the screen, blanks at their ends cut. */
  rows(): string[];
  /** The rows joined by newlines. */
  screen(): string;
  /** The screen's cells. */
  buffer(): IBuffer;
  /** Everything the program ever wrote, escapes included. */
  raw(): string;
  send(keys: string): void;
  /** Sends keys, and waits until the screen shows what they lead to. */
  press(keys: string, shows: Wanted, timeoutMs?: number): Promise<number>;
  resize(size: Size): void;
  signal(name: NodeJS.Signals): void;
  /** Resolves with the time of the output after which the screen satisfied `wanted`. */
  waitFor(wanted: Wanted, timeoutMs?: number): Promise<number>;
  /** Sends keys and resolves with the milliseconds until the first bytes that followed. */
  paint(keys: string): Promise<number>;
  /** Exit code, and the signal if one ended it. */
  readonly exit: Promise<{ code: number; signal: number | undefined }>;
  /** Time of the first byte of output. */
  readonly firstByte: Promise<number>;
  /** What the terminal was left like: which screen, whether the cursor shows, bracketed paste. */
  modes(): { alternate: boolean; cursorHidden: boolean; bracketedPaste: boolean };
  kill(): Promise<void>;
}

/** Starts a command in a pseudo-terminal of the given size. */
export function start([command, ...args]: readonly [string, ...string[]], size: Size, options: StartOptions = {}): Pty {
  const began = performance.now();
  const terminal = new xterm.Terminal({
    cols: size.columns,
    rows: size.rows,
    allowProposedApi: true,
    scrollback: 1000,
  });
  const env = {
    ...process.env,
    CI: undefined,
    NO_COLOR: undefined,
    FORCE_COLOR: undefined,
    LANG: 'C.UTF-8',
    ...options.env,
  };
  const pty = spawn(command, args, {
    cols: size.columns,
    rows: size.rows,
    // It becomes TERM, whatever the environment says.
    name: options.env?.TERM ?? 'xterm-256color',
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<string, string>,
  });
  const listeners = new Set<() => void>();
  const first = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<{ code: number; signal: number | undefined }>();
  let lastOutput = 0;
  let raw = '';
  pty.onExit(({ exitCode, signal }) => {
    // The last bytes may still be on their way through the screen.
    terminal.write('', () => {
      ended.resolve({ code: exitCode, signal: signal || undefined });
      for (const listener of [...listeners]) listener();
    });
  });
  pty.onData(written => {
    const data = options.rewrite?.(written) ?? written;
    lastOutput = performance.now() - began;
    options.hear?.(lastOutput, data);
    first.resolve(lastOutput);
    raw += data;
    terminal.write(data, () => {
      for (const listener of [...listeners]) listener();
    });
  });
  const rows = (): string[] => {
    const { active } = terminal.buffer;
    return Array.from(
      { length: terminal.rows },
      (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '',
    );
  };
  const screen = (): string => rows().join('\n');
  const satisfies = (wanted: Wanted): boolean => {
    const now = screen();
    if (typeof wanted === 'string') return now.includes(wanted);
    return wanted instanceof RegExp ? wanted.test(now) : wanted(now);
  };
  const made: Pty = {
    pid: pty.pid,
    rows,
    screen,
    buffer: () => terminal.buffer.active,
    raw: () => raw,
    send: keys => pty.write(keys),
    press(keys, shows, timeoutMs) {
      made.send(keys);
      return made.waitFor(shows, timeoutMs);
    },
    resize({ columns, rows: height }) {
      terminal.resize(columns, height);
      pty.resize(columns, height);
    },
    signal: name => process.kill(pty.pid, name),
    waitFor: (wanted, timeoutMs = 60_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          listeners.delete(look);
          reject(new Error(`expected ${String(wanted)} within ${timeoutMs} ms; the screen shows:\n${screen()}`));
        }, timeoutMs);
        const look = (): void => {
          if (!satisfies(wanted)) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(lastOutput);
        };
        listeners.add(look);
        look();
      }),
    paint(keys) {
      const sent = performance.now() - began;
      return new Promise(resolve => {
        const heard = pty.onData(() => {
          heard.dispose();
          resolve(performance.now() - began - sent);
        });
        pty.write(keys);
      });
    },
    exit: ended.promise,
    firstByte: first.promise,
    modes: () => ({
      alternate: terminal.buffer.active.type === 'alternate',
      cursorHidden: lastOf(raw, '\u001b[?25l') > lastOf(raw, '\u001b[?25h'),
      bracketedPaste: terminal.modes.bracketedPasteMode,
    }),
    async kill() {
      try {
        pty.kill('SIGKILL');
      } catch {
        // It is gone already.
      }
      await ended.promise;
    },
  };
  return made;
}

const lastOf = (text: string, part: string): number => text.lastIndexOf(part);
