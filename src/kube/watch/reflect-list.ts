import type { KubeObject } from '../../k8s/object.ts';
import type { Page } from '../client/api.ts';
import type { Failure } from '../client/http/outcome.ts';
import { eachPage } from '../client/lists/pages.ts';
import { keyOf, type ReflectorContext } from './reflector-context.ts';

/** How many objects are processed before the event loop gets its turn. */
const OBJECTS_PER_TURN = 100;

/** Reads the whole collection, page by page; only then are rows that it does not name dropped. */
export async function reflectList<Row>(
  reflecting: ReflectorContext<Row>,
  signal: AbortSignal,
): Promise<'watch' | 'list' | Failure> {
  const { api, collection, clock, timing, query, managedFieldsWith, self, store, publisher } = reflecting;
  const seen = new Set<string>();
  let isOver = false;
  // A page of an abandoned list may still arrive.
  const each = (object: KubeObject) => (isOver || signal.aborted ? keyOf(object) : reflecting.absorb(object));
  const pages = {
    ...query,
    ...(managedFieldsWith !== undefined && { managedFieldsWith }),
    limit: timing.pageSize,
    ...(timing.laterPageSize !== undefined && { laterLimit: timing.laterPageSize }),
  };
  self.loaded = 0;
  try {
    for await (const page of eachPage(api, clock, collection, { ...pages, each, signal })) {
      if (!page.ok) return page;
      await absorbPage(reflecting, page.value, seen);
      if (signal.aborted) return 'list';
      if (page.value.continue) publisher.publishNow();
    }
  } finally {
    isOver = true;
  }
  store.keepOnly(seen);
  self.remaining = undefined;
  self.everSynced = true;
  publisher.publishNow();
  return 'watch';
}

async function absorbPage<Row>(
  { self, clock, setState, absorb }: ReflectorContext<Row>,
  page: Page,
  seen: Set<string>,
): Promise<void> {
  self.lastReceivedAt = clock.monotonic();
  if (self.state === 'blind') setState(self.everSynced ? 'reconnecting' : 'listing');
  for (const key of page.handedOver ?? []) seen.add(key);
  for (const [index, object] of page.items.entries()) {
    seen.add(absorb(object));
    // Key presses and frames need not wait for a whole page.
    if (index % OBJECTS_PER_TURN === OBJECTS_PER_TURN - 1) await new Promise(resolve => setImmediate(resolve));
  }
  self.loaded = seen.size;
  self.remaining = page.remaining;
  self.version = page.resourceVersion;
}
