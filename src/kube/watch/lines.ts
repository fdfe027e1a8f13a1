/** No watch event of a real server is longer than this; the stream is stopped to save memory. */
const LONGEST_LINE_BYTES = 16 * 1024 * 1024;

/**
 * Splits a byte stream into lines of text; chunks may end anywhere, even inside a character. A last line without its
 * end is not yielded.
 */
export async function* lines(chunks: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10);
    if (end < 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      if (restBytes > LONGEST_LINE_BYTES) throw new Error('a line of the watch is longer than 16 MB');
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    restBytes = chunk.length - end - 1;
    yield whole.split('\n').filter(line => line !== '' && line !== '\r');
  }
}
