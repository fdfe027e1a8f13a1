import type { KubeObject } from '../object.ts';
import type { ResourceInfo } from '../registry.ts';
import { sortKeyOf } from './collection.ts';

/** One change, in the order it was made. The object carries `revision` as its resourceVersion. */
export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: ResourceInfo;
  object: KubeObject;
  /** What was there before; absent for ADDED. */
  previous?: KubeObject;
  revision: number;
}

/** The recent changes of one resource. */
export interface History {
  add(event: StoreEvent): void;
  /** Changes after the revision, or undefined if some are no longer known. */
  since(revision: number): StoreEvent[] | undefined;
  /** Forgets every change up to now. */
  compact(revision: number): void;
}

/** Keeps at least `capacity` changes, at most twice as many. */
export function createHistory(capacity: number): History {
  let events: StoreEvent[] = [];
  let forgotten = 0;
  return {
    add(event) {
      events.push(event);
      if (events.length < capacity * 2) return;
      forgotten = (events[events.length - capacity - 1] as StoreEvent).revision;
      events = events.slice(-capacity);
    },
    since(revision) {
      if (revision < forgotten) return undefined;
      let low = 0;
      let high = events.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((events[middle] as StoreEvent).revision <= revision) low = middle + 1;
        else high = middle;
      }
      return events.slice(low);
    },
    compact(revision) {
      forgotten = revision;
      events = [];
    },
  };
}

/** The objects before the given later changes: `now` with each change undone, in list order. */
export function rewind(now: readonly KubeObject[], later: readonly StoreEvent[]): KubeObject[] {
  if (later.length === 0) return [...now];
  const then = new Map(now.map(object => [sortKeyOf(object), object]));
  for (let i = later.length - 1; i >= 0; i--) {
    const event = later[i] as StoreEvent;
    if (event.previous) then.set(sortKeyOf(event.previous), event.previous);
    else then.delete(sortKeyOf(event.object));
  }
  return [...then.keys()].sort((a, b) => (a < b ? -1 : 1)).map(key => then.get(key) as KubeObject);
}
