import { writeSync } from 'node:fs';

/** What became of the output that a command printed. */
export interface OutputWatch {
  /** Resolves when everything printed has been taken by its reader, or can never be. */
  drained(): Promise<void>;
  /** The first write to standard output that failed; its code is EPIPE, ENOSPC or the like. */
  lost(): NodeJS.ErrnoException | undefined;
}

/**
 * Watches standard output and standard error. A reader that has gone or a disk that is full never stops a command: it does its work without
 * printing. `onHangUp` is called if the terminal is gone.
 */
export function watchOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, onHangUp: () => void): OutputWatch {
  let lost: NodeJS.ErrnoException | undefined;
  writeWholly(stdout);
  // That stderr cannot be written is no reason to leave a fault in.
  stderr.on('error', () => {});
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    const isFirst = lost === undefined;
    lost ??= error;
    if (isFirst && stdout.isTTY) onHangUp();
  });
  const flushed = (stream: NodeJS.WriteStream) => new Promise<void>(done => void stream.write('', () => done()));
  return {
    drained: async () => void (await Promise.all([flushed(stdout), flushed(stderr)])),
    lost: () => lost,
  };
}

/** Node.js writes to a file once; on a disk that fills up, what that one write did not take would be lost without an error. */
function writeWholly(stream: NodeJS.WriteStream): void {
  const { _type: kind, fd } = stream as { _type?: string; fd?: number };
  if (kind !== 'fs' || fd === undefined) return;
  stream._write = (chunk: Uint8Array | string, encoding: BufferEncoding, done: (error?: Error | null) => void) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
}
