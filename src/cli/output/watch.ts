import { writeSync } from 'node:fs';

/** Watches whether the output of a command could be written. */
export interface OutputWatch {
  /** Resolves when the reader has read everything, or can no longer read. */
  drained(): Promise<void>;
  /** The error of the first failed write to standard output, such as EPIPE or ENOSPC. */
  lost(): NodeJS.ErrnoException | undefined;
}

/**
 * Watches standard output and standard error. A closed pipe or a full disk never stops a command: it goes on without
 * printing. `onHangUp` is called if the terminal is gone.
 */
export function watchOutput(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, onHangUp: () => void): OutputWatch {
  let lost: NodeJS.ErrnoException | undefined;
  writeWholly(stdout);
  // A failed write to stderr is ignored: a fault must be reverted all the same.
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

/** Writes to a file until everything is written. Node.js writes only once, so on a full disk the rest would be lost without an error. */
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
