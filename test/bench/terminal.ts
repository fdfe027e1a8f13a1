import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';

/** A program in a real pseudo-terminal with a real screen behind it. Times are milliseconds since the spawn. */
export interface Session {
  pid: number;
  screen(): string;
  send(keys: string): void;
  /** Resolves with the time at which the screen first satisfied the question. */
  until(question: (screen: string) => boolean, timeoutMs?: number): Promise<number>;
  /** Time from sending keys to the next bytes of output. */
  paint(keys: string): Promise<number>;
  close(): Promise<void>;
}

export function open(
  command: string,
  args: string[],
  columns: number,
  rows: number,
  env: Record<string, string> = {},
): Session {
  const started = performance.now();
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const pty = spawn(command, args, {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: { ...process.env, ...env } as Record<string, string>,
  });
  const listeners = new Set<() => void>();
  let lastOutput = 0;
  const ended = new Promise<void>(resolve => pty.onExit(() => resolve()));
  pty.onData(data => {
    lastOutput = performance.now();
    terminal.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  const screen = () => {
    const lines: string[] = [];
    for (let y = 0; y < rows; y++) lines.push(terminal.buffer.active.getLine(y)?.translateToString(true) ?? '');
    return lines.join('\n');
  };
  const until = (question: (screen: string) => boolean, timeoutMs = 30_000) =>
    new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => {
        listeners.delete(look);
        reject(new Error(`waited ${timeoutMs} ms in vain; the screen shows:\n${screen()}`));
      }, timeoutMs);
      const look = () => {
        if (!question(screen())) return;
        clearTimeout(timer);
        listeners.delete(look);
        resolve(lastOutput - started);
      };
      listeners.add(look);
      look();
    });
  return {
    pid: pty.pid,
    screen,
    until,
    send: keys => pty.write(keys),
    paint: async keys => {
      const sent = performance.now();
      pty.write(keys);
      await new Promise<void>(resolve => {
        const heard = () => {
          listeners.delete(heard);
          resolve();
        };
        listeners.add(heard);
      });
      return lastOutput - sent;
    },
    close: async () => {
      pty.kill('SIGKILL');
      await ended;
    },
  };
}
