import type { Clock } from '../../../host/clock.ts';
import { isFields } from '../../../k8s/fields.ts';
import type { KubeObject } from '../../../k8s/object.ts';
import { type Clean, cleanText, literal, sanitise } from '../../../text/sanitise.ts';
import { withKind } from '../../watch/watch-event.ts';
import type { Api, Collection, ListOptions, Page } from '../api.ts';
import { failure } from '../http/failure.ts';
import { LIMITS } from '../http/limits.ts';
import type { Failure, Outcome } from '../http/outcome.ts';
import { malformation } from './well-formed.ts';

/** Objects in one page by default. */
export const PAGE_SIZE = 500;

/** The items of a list that were handed over before those in the answer. */
export interface HandedOver {
  count: number;
  /** What is wrong with the first entry that is not an object. */
  malformedItem?: Clean;
  /** What the receiver returned for each. */
  keys: string[];
}

/**
 * A list answer as a page, every item with its kind. An answer that is not a list is a failure; an item that is not
 * an object is left out and noted in `malformedItem`.
 */
export function pageOf(
  answer: Extract<Outcome<unknown>, { ok: true }>,
  collection: Collection,
  handedOver?: HandedOver,
): Outcome<Page> {
  const body = answer.value;
  if (!isFields(body) || !isFields(body.metadata) || !isItems(body)) {
    return failure(
      'server-error',
      cleanText`expected a list of ${sanitise(collection.kind, 128)}, the server sent something else`,
    );
  }
  const { resourceVersion, continue: token, remainingItemCount } = body.metadata;
  const { items, ...left } = wellFormedItems((body.items ?? []) as unknown[], collection, handedOver?.count ?? 0);
  const malformedItem = handedOver?.malformedItem ?? left.malformedItem;
  const value: Page = {
    items,
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
    ...(typeof token === 'string' && token !== '' && { continue: token }),
    ...(typeof remainingItemCount === 'number' && { remaining: remainingItemCount }),
    ...(malformedItem !== undefined && { malformedItem }),
    ...(handedOver && { handedOver: handedOver.keys }),
  };
  return { ...answer, value };
}

/** Go encodes an empty list as `null`; an answer without `items` is not a list. */
function isItems(body: Record<string, unknown>): boolean {
  if (Array.isArray(body.items)) return true;
  const isMissing = body.items === undefined || body.items === null;
  return isMissing && typeof body.kind === 'string' && body.kind.endsWith('List');
}

function wellFormedItems(
  all: readonly unknown[],
  collection: Collection,
  before: number,
): { items: KubeObject[]; malformedItem?: Clean } {
  const items: KubeObject[] = [];
  let malformedItem: Clean | undefined;
  for (const [index, item] of all.entries()) {
    const read = readItem(item, collection, before + index);
    if (read.ok) items.push(read.object);
    else malformedItem ??= read.malformed;
  }
  return { items, ...(malformedItem === undefined ? {} : { malformedItem }) };
}

/** An item of a list as an object with its kind, or what is wrong with it. `index` counts from 0. */
export function readItem(
  item: unknown,
  collection: Collection,
  index: number,
): { ok: true; object: KubeObject } | { ok: false; malformed: Clean } {
  const wrong = malformation(item);
  return wrong === undefined
    ? { ok: true, object: withKind(item as KubeObject, collection) }
    : { ok: false, malformed: cleanText`item ${index + 1} of the list cannot be read: ${wrong}` };
}

/** Checks the pages of one list: whether every item is an object, and whether the pages end. Create one for each list. */
function pageGuard(clock?: Pick<Clock, 'monotonic'>): (page: Page) => Failure | undefined {
  const began = clock?.monotonic() ?? 0;
  let pages = 0;
  let empty = 0;
  let last: string | undefined;
  return page => {
    if (page.malformedItem !== undefined) return failure('server-error', page.malformedItem);
    pages += 1;
    empty = page.items.length + (page.handedOver?.length ?? 0) === 0 ? empty + 1 : 0;
    const token = page.continue;
    if (token === undefined) return undefined;
    const isRepeated = token === last;
    last = token;
    if (isRepeated) return endless(literal('the server gave the same continue token twice'));
    if (empty >= LIMITS.emptyPages) return endless(cleanText`${empty} pages in a row had nothing in them`);
    if (pages >= LIMITS.pages) return endless(cleanText`there are more than ${pages} pages`);
    if (clock !== undefined && clock.monotonic() - began > LIMITS.listMs)
      return endless(cleanText`it is not at its end after ${LIMITS.listMs / 1000}s`);
    return undefined;
  };
}

const endless = (why: Clean): Failure => failure('server-error', cleanText`the list was given up: ${why}`);

/**
 * The pages of a list as they arrive, so that they need not all be in memory. A failure comes last: of a page, of a
 * page with a malformed item after its readable part, or of a list without an end. A page that is too large is requested again with a
 * smaller size. All pages after the first have `laterLimit` objects, if it is given.
 */
export async function* eachPage(
  api: Pick<Api, 'list'>,
  clock: Pick<Clock, 'monotonic'>,
  collection: Collection,
  options: Omit<ListOptions, 'continue'> & { laterLimit?: number } = {},
): AsyncGenerator<Outcome<Page>> {
  const { laterLimit, ...query } = options;
  const guard = pageGuard(clock);
  let limit = query.limit ?? PAGE_SIZE;
  let isTooLarge = false;
  let token: string | undefined;
  const ask = () => api.list(collection, { ...query, limit, ...(token === undefined ? {} : { continue: token }) });
  let nextPage = ask();
  for (;;) {
    const page = await nextPage;
    if (!page.ok && page.reason === 'too-large' && limit > LIMITS.smallestPage) {
      limit = Math.max(LIMITS.smallestPage, Math.floor(limit / 10));
      isTooLarge = true;
      nextPage = ask();
      continue;
    }
    if (!page.ok) return yield page;
    const { malformedItem: _spoilt, ...value } = page.value;
    const wrong = guard(page.value);
    token = wrong === undefined ? value.continue : undefined;
    if (!isTooLarge) limit = laterLimit ?? limit;
    // The next page is requested while this one is being processed.
    if (token !== undefined) nextPage = ask();
    yield { ...page, value };
    if (wrong !== undefined) yield wrong;
    if (token === undefined) return;
  }
}

/** All pages as one; a failure among them is the result. */
export async function joinedPages(pages: AsyncIterable<Outcome<Page>>): Promise<Outcome<Page>> {
  const items: KubeObject[] = [];
  let size = 0;
  let whole: Outcome<Page> | undefined;
  for await (const page of pages) {
    if (!page.ok) return page;
    size += page.size ?? 0;
    if (size > LIMITS.listBytes)
      return failure('too-large', cleanText`the list is larger than ${Math.floor(LIMITS.listBytes / 1024 / 1024)} MiB`);
    for (const item of page.value.items) items.push(item);
    whole = { ...page, value: { items, resourceVersion: page.value.resourceVersion } };
  }
  return whole ?? failure('server-error', literal('the server sent no page'));
}
