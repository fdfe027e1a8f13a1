import { cleanText, sanitise } from '../text/sanitise.ts';
import type { Collection, Page } from './api.ts';
import { failure } from './failure.ts';
import type { KubeObject } from './object.ts';
import type { Outcome } from './outcome.ts';
import { typed } from './watch-event.ts';

/** A list answer as a page, every item with its kind. */
export function pageOf(answer: Extract<Outcome<unknown>, { ok: true }>, collection: Collection): Outcome<Page> {
  const body = answer.value as {
    items?: KubeObject[] | null;
    metadata?: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  };
  if (!body?.metadata || (body.items !== null && body.items !== undefined && !Array.isArray(body.items))) {
    return failure(
      'server-error',
      cleanText`expected a list of ${sanitise(collection.kind, 128)}, the server sent something else`,
    );
  }
  const { resourceVersion = '', continue: token, remainingItemCount } = body.metadata;
  const value: Page = {
    items: (body.items ?? []).map(item => typed(item, collection)),
    resourceVersion,
    ...(token && { continue: token }),
    ...(remainingItemCount !== undefined && { remaining: remainingItemCount }),
  };
  return { ...answer, value };
}

/** All pages from the first on as one; a page that fails fails the whole. */
export async function joinedPages(
  fetch: (token: string | undefined) => Promise<Outcome<Page>>,
): Promise<Outcome<Page>> {
  const items: KubeObject[] = [];
  let token: string | undefined;
  for (;;) {
    const page = await fetch(token);
    if (!page.ok) return page;
    items.push(...page.value.items);
    token = page.value.continue;
    if (!token) return { ...page, value: { items, resourceVersion: page.value.resourceVersion } };
  }
}
