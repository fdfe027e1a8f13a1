import type { Clean } from '../../../text/sanitise.ts';
import type { Collection, ListOptions } from '../api.ts';
import { listBody } from './list-body.ts';
import { type HandedOver, readItem } from './pages.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** The state of reading one list, over all attempts. */
interface Reading {
  read(body: AsyncIterable<Buffer>): Promise<string>;
  /** What `each` received in the last attempt. */
  handedOver(): HandedOver | undefined;
  /** Throws again what the receiver of objects threw, which is not a failure of the connection. */
  rethrow(): void;
}

/** How to read the list for these options; undefined when its body is read normally. */
export function listReading(
  collection: Collection,
  { managedFieldsWith, each }: { managedFieldsWith: string | undefined; each: ListOptions['each'] | undefined },
): Reading | undefined {
  if (managedFieldsWith === undefined && each === undefined) return undefined;
  let count = 0;
  let malformedItem: Clean | undefined;
  let keys: string[] = [];
  let thrown: { error: unknown } | undefined;

  function item(value: unknown): void {
    const read = readItem(value, collection, count);
    count += 1;
    if (!read.ok) malformedItem ??= read.malformed;
    else if (thrown === undefined) {
      try {
        if (each) keys.push(each(read.object));
      } catch (error) {
        thrown = { error };
      }
    }
  }

  return {
    read(body) {
      count = 0;
      malformedItem = undefined;
      keys = [];
      return listBody(body, {
        ...(managedFieldsWith !== undefined && { trim: json => withoutManagedFields(json, managedFieldsWith) }),
        ...(each && { item }),
      });
    },
    handedOver: () => each && { count, keys, ...(malformedItem !== undefined && { malformedItem }) },
    rethrow() {
      if (thrown !== undefined) throw thrown.error;
    },
  };
}
