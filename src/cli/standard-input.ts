import type { Files } from '../experiment/files.ts';
import { MAX_BYTES } from '../experiment/yaml/read.ts';
import { tooLong } from '../host/disk/regular.ts';

/** The name of standard input among files. */
const STANDARD_INPUT = '-';

/** The disk, with standard input as the file `-`. It is read only when it is among the paths, up to the size limit of an experiment. */
export async function withStandardInput(
  files: Files,
  paths: readonly string[],
  input: AsyncIterable<Buffer | string>,
): Promise<Files> {
  if (!paths.includes(STANDARD_INPUT)) return files;
  const { bytes, text } = await readUpTo(MAX_BYTES, input);
  return {
    ...files,
    place: path => (path === STANDARD_INPUT ? { is: 'file' } : files.place(path)),
    read: (path, longest) =>
      path !== STANDARD_INPUT
        ? files.read(path, longest)
        : bytes > longest
          ? { is: 'refused', why: tooLong(bytes, longest) }
          : { is: 'text', text },
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
