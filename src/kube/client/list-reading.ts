import type { Clean } from '../../text/sanitise.ts';
import type { Collection, ListOptions } from './api.ts';
import { listBody } from './list-body.ts';
import { type HandedOver, readItem } from './pages.ts';
import { withoutManagedFields } from './without-managed-fields.ts';

/** How one list is read, over all attempts at it. */
interface Reading {
  read(body: AsyncIterable<Buffer>): Promise<string>;
  /** What the last attempt handed over. */
  handed(): HandedOver | undefined;
  /** What a receiver of objects threw is its own failure, and none of the connection. */
  rethrow(): void;
}

/** The reading that the options ask for; undefined where the body is simply read. */
export function listReading(
  collection: Collection,
  { managedFieldsWith, each }: { managedFieldsWith: string | undefined; each: ListOptions['each'] | undefined },
): Reading | undefined {
  if (managedFieldsWith === undefined && each === undefined) return undefined;
  let count = 0;
  let spoilt: Clean | undefined;
  let keys: string[] = [];
  let thrown: { error: unknown } | undefined;

  function item(value: unknown): void {
    const read = readItem(value, collection, count);
    count += 1;
    if (!read.ok) spoilt ??= read.spoilt;
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
      spoilt = undefined;
      keys = [];
      return listBody(body, {
        ...(managedFieldsWith !== undefined && { trim: json => withoutManagedFields(json, managedFieldsWith) }),
        ...(each && { item }),
      });
    },
    handed: () => each && { count, keys, ...(spoilt !== undefined && { spoilt }) },
    rethrow() {
      if (thrown !== undefined) throw thrown.error;
    },
  };
}
