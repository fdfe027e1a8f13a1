import { parsedJson } from '../../../text/json.ts';
/** How a list's body is read. */
export interface ListReading {
  /** Removes unused parts from the text of a whole body or of a whole item. */
  trim?: (json: Buffer) => Buffer;
  /** Receives most items, parsed, as soon as they arrive. */
  item?: (value: unknown) => void;
}

const ITEMS = Buffer.from('"items":[');
/** The longest text before the items. A longer item is read with the rest. */
const LONGEST_HEAD = 64 * 1024;
const LONGEST_ITEM = 1024 * 1024;
/** How many false item ends are tolerated before cutting stops. */
const MOST_MISSES = 64;

/**
 * Reads the body of a list while it arrives. Returns the text of a list with the items that `item` did not receive:
 * always the last one, and all of them when the text is not formatted as API servers format it. Each item is parsed
 * separately, so that its memory can be freed early: a whole page of large objects would survive many garbage
 * collections, which costs more than the parsing.
 */
export async function listBody(chunks: AsyncIterable<Buffer>, { trim = same, item }: ListReading): Promise<string> {
  const parts: Buffer[] = [];
  const cutter = item === undefined ? undefined : createCutter(item, trim);
  for await (const chunk of chunks) parts.push(...(cutter?.push(chunk) ?? [chunk]));
  const { head = '', rest = [] } = cutter?.end() ?? {};
  return head + trim(Buffer.concat([...parts, ...rest])).toString('utf8');
}

const same = (json: Buffer): Buffer => json;

/** Cuts items out of the text of a list. `push` returns text that is no longer cut. */
function createCutter(item: (value: unknown) => void, trim: (json: Buffer) => Buffer) {
  let head: string | undefined;
  let between: Buffer | undefined;
  let rest: Buffer = Buffer.alloc(0);
  let misses = 0;
  let isGivenUp = false;

  function giveUp(): Buffer[] {
    isGivenUp = true;
    const left = Buffer.concat([Buffer.from(head ?? ''), rest]);
    head = undefined;
    rest = Buffer.alloc(0);
    return [left];
  }

  /** Finds where the items begin, and the text with which each begins. */
  function begin(): 'begun' | 'too early' | 'never' {
    const at = rest.indexOf(ITEMS);
    if (at < 0) return rest.length > LONGEST_HEAD ? 'never' : 'too early';
    const from = at + ITEMS.length;
    const name = rest.indexOf('":', from);
    if (name < 0) return rest.length > LONGEST_HEAD ? 'never' : 'too early';
    const text = rest.toString('utf8', 0, from);
    if (rest[from] !== OPENING || parsedJson(`${text}]}`) === undefined) return 'never';
    head = text;
    between = Buffer.concat([END_OF_ITEM, rest.subarray(from, name + 2)]);
    rest = rest.subarray(from);
    return 'begun';
  }

  function cut(separator: Buffer): void {
    const last = rest.lastIndexOf(separator);
    if (last < 0) return;
    const left = handOver(trim(rest.subarray(0, last + 1)).toString('utf8'), separator.toString('utf8'));
    const after = rest.subarray(last + 2);
    rest = left === '' ? after : Buffer.concat([Buffer.from(`${left},`), after]);
  }

  /**
   * Hands over the items, which are separated by commas. Returns what is not a whole item: the separator can also
   * occur inside an item.
   */
  function handOver(text: string, separator: string): string {
    let from = 0;
    for (let end = from; from < text.length && misses <= MOST_MISSES; ) {
      const next = text.indexOf(separator, end);
      end = next < 0 ? text.length : next + 1;
      const value = parsedJson(text.slice(from, end));
      if (value !== undefined) {
        item(value);
        from = end + 1;
      } else {
        misses += 1;
        if (next < 0) break;
      }
    }
    return text.slice(from);
  }

  return {
    push(chunk: Buffer): Buffer[] {
      if (isGivenUp) return [chunk];
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const begun = head === undefined ? begin() : 'begun';
      if (begun === 'too early') return [];
      if (begun === 'never') return giveUp();
      if (between !== undefined) cut(between);
      return misses > MOST_MISSES || rest.length > LONGEST_ITEM ? giveUp() : [];
    },
    end: () => ({ ...(head !== undefined && { head }), rest: [rest] }),
  };
}

const OPENING = 0x7b;
const END_OF_ITEM = Buffer.from('},');
