import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';

/** An answer as undici's `request` gives it. */
export interface RawAnswer {
  statusCode: number;
  headers: Record<string, string | string[] | undefined>;
  body: AsyncIterable<Buffer> & { dump(options?: { limit: number }): Promise<void>; destroy(error?: Error): unknown };
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

/** The whole body as text, decompressed. */
export async function wholeBody(answer: RawAnswer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return (isZipped(answer) && bytes.length > 0 ? await unzip(bytes) : bytes).toString('utf8');
}

/** The body as it comes, decompressed. */
export function bodyChunks(answer: RawAnswer): AsyncIterable<Buffer> {
  if (!isZipped(answer)) return answer.body;
  const source = answer.body as unknown as NodeJS.ReadableStream & { destroy(): void };
  const unzipped = createGunzip();
  source.on('error', error => unzipped.destroy(error));
  unzipped.on('close', () => source.destroy());
  return source.pipe(unzipped);
}
