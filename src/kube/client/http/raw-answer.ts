import { pipeline } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { LIMITS } from './limits.ts';

/** An answer whose head has arrived. */
export interface RawAnswer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: AsyncIterable<Buffer> & {
    /** Reads and discards the rest, so that the connection can be used again. If it exceeds `limit` bytes, the connection is closed. */
    dump(options: { limit: number }): Promise<void>;
    /** Closes the connection unless the body is at its end. */
    destroy(): void;
  };
}

const unzip = promisify(gunzip);

/** Status and headers. */
export function describe(answer: RawAnswer) {
  return {
    ok: true as const,
    status: answer.statusCode,
    header: (name: string) => headerOf(answer, name),
    headerAll: (name: string) => [answer.headers[name] ?? []].flat(),
  };
}

/** The first value of a header; names are in lower case. */
export function headerOf(answer: RawAnswer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

const isZipped = (answer: RawAnswer) => headerOf(answer, 'content-encoding') === 'gzip';

/** An answer exceeds the size limit. */
export class TooLarge extends Error {
  constructor(bytes: number) {
    super(`the answer is larger than ${Math.floor(bytes / 1024 / 1024)} MiB`);
  }
}

/**
 * The whole body as text, decompressed. Throws `TooLarge` and closes the connection as soon as it exceeds the limit.
 */
export async function wholeBody(answer: RawAnswer): Promise<string> {
  const maxBytes = LIMITS.answerBytes;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    length += chunk.length;
    // Leaving the loop closes the body, and with it the connection.
    if (length > maxBytes) throw new TooLarge(maxBytes);
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks);
  const whole = isZipped(answer) && bytes.length > 0 ? await unzipped(bytes, maxBytes) : bytes;
  return whole.toString('utf8');
}

/**
 * The body as it arrives, decompressed. Throws `TooLarge` and closes the connection as soon as it exceeds the limit.
 */
export async function* boundedChunks(answer: RawAnswer): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of bodyChunks(answer)) {
    length += chunk.length;
    if (length > LIMITS.answerBytes) throw new TooLarge(LIMITS.answerBytes);
    yield chunk;
  }
}

async function unzipped(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  try {
    return await unzip(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new TooLarge(maxBytes);
    throw error;
  }
}

/** The body as it arrives, decompressed. */
export function bodyChunks(answer: RawAnswer): AsyncIterable<Buffer> {
  const { body } = answer;
  if (!isZipped(answer)) return body;
  const unzipped = createGunzip();
  // Errors of either side arrive at the reader of `unzipped`.
  pipeline(body, unzipped, () => undefined);
  unzipped.on('close', () => body.destroy());
  return unzipped;
}
