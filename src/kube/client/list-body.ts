import { parsedJson } from '../../text/json.ts';
/** How a list's body is read. */
export interface ListReading {
  /** Takes out of the text what nobody will look at: of a whole body, and of whole items of one. */
  trim?: (json: Buffer) => Buffer;
  /** Given most items as soon as they have come, parsed. */
  item?: (value: unknown) => void;
}

const ITEMS = Buffer.from('"items":[');
/** The members before the items are a few; an item longer than this is read with the rest. */
const LONGEST_HEAD = 64 * 1024;
const LONGEST_ITEM = 1024 * 1024;
/** So many places that look like the end of an item may be none. */
const MOST_MISSES = 64;

/**
 * Reads the body of a list while it comes, and gives the text of a list that holds what `item` was not given: always the last item, and
 * all of them where the text is not written as API servers write it. Each item is parsed by itself, so that it can go as soon as its
 * receiver is done with it: a whole page of large objects would outlive many collections of garbage, which costs more than the parsing.
 */
export async function listBody(chunks: AsyncIterable<Buffer>, { trim = same, item }: ListReading): Promise<string> {
  const parts: Buffer[] = [];
  const cutter = item === undefined ? undefined : createCutter(item, trim);
  for await (const chunk of chunks) parts.push(...(cutter?.push(chunk) ?? [chunk]));
  const { head = '', rest = [] } = cutter?.end() ?? {};
  return head + trim(Buffer.concat([...parts, ...rest])).toString('utf8');
}

const same = (json: Buffer): Buffer => json;

/** Cuts items out of a list. `push` gives back what is not cut any more. */
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

  /** Finds where the items begin, and how each of them begins. */
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

  /** Items with a comma between any two. Gives back what is no whole item: the separator may stand inside of one, too. */
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
