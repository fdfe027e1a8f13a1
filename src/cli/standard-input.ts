import type { Files } from '../experiment/files.ts';
import { MAX_BYTES } from '../experiment/load.ts';

/** How standard input is named among files. */
export const STANDARD_INPUT = '-';

/** The disk with standard input under the name `-`; it is read only when asked for, and not beyond what an experiment may be. */
export async function withStandardInput(
  files: Files,
  paths: readonly string[],
  input: AsyncIterable<Buffer | string>,
): Promise<Files> {
  if (!paths.includes(STANDARD_INPUT)) return files;
  const { bytes, text } = await readUpTo(MAX_BYTES, input);
  return {
    ...files,
    kind: path => (path === STANDARD_INPUT ? 'file' : files.kind(path)),
    size: path => (path === STANDARD_INPUT ? bytes : files.size(path)),
    read: path => (path === STANDARD_INPUT ? text : files.read(path)),
  };
}

async function readUpTo(most: number, input: AsyncIterable<Buffer | string>): Promise<{ bytes: number; text: string }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > most) break;
  }
  return { bytes, text: Buffer.concat(chunks).toString('utf8') };
}
