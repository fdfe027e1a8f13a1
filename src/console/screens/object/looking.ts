import type { ObjectRef } from '../../../k8s/object.ts';
import { nameOf } from '../../../k8s/object-ref.ts';
import { askSession } from '../../app/ask-session.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import { paneOf } from '../../store/pane.ts';
import { createLogReading } from './log-reading.ts';
import { NO_OBJECT, type ObjectView } from './view.ts';

/** Looks at one object after the other, for the object screen. */
export interface ObjectLooking {
  /** Opens the screen on an object. */
  open(ref: ObjectRef): void;
  /** Reads it again. */
  again(): void;
  show(what: ObjectView['shows']): void;
  /** Opens the nearest owner. */
  owner(): void;
  /** The log of the next container, or of the one that ran before. */
  nextContainer(): void;
  previous(): void;
  follow(): void;
  scroll(by: number): void;
  copyName(): void;
  /** Goes back to the previous object; false if there is none. */
  back(): boolean;
}

/** Nothing is looked at yet. */
export function createObjectLooking(context: Context): ObjectLooking {
  const pane = paneOf(context.store, 'object');
  const { view, update } = pane;
  const reading = createLatest(context.ended);
  const log = createLogReading(context, pane);

  async function read(trail: readonly ObjectRef[]): Promise<void> {
    const ref = trail.at(-1);
    if (!ref) return;
    log.stop();
    const signal = reading.begin();
    update({ ...NO_OBJECT, trail });
    const read = await askSession(context, session => session.inspect(ref, signal));
    if (signal.aborted) return;
    update(read.phase === 'ready' ? { phase: 'ready', inspection: read.value } : read);
  }

  return {
    open(ref) {
      open(context, 'object');
      void read([ref]);
    },
    again: () => void read(view().trail),
    show(what) {
      if (what === 'log') return log.first();
      log.stop();
      update({ shows: what, top: 0 });
    },
    owner() {
      const owner = view().inspection?.sections.find(({ title }) => title === 'OWNERS')?.rows[0]?.object;
      if (!owner) return notify(context, 'nothing owns this object', 'warn');
      void read([...view().trail, owner]);
    },
    nextContainer: log.next,
    previous: log.previous,
    follow: log.follow,
    scroll(by) {
      const { shows, log: shown, top } = view();
      if (shows === 'log' && shown) return log.scroll(by);
      update({ top: Math.max(0, Math.min(100_000, top + by)) });
    },
    copyName() {
      const ref = view().trail.at(-1);
      if (!ref) return;
      context.copy(ref.name);
      notify(context, `copied: ${nameOf(ref)}`, 'ok');
    },
    back() {
      const trail = view().trail.slice(0, -1);
      if (trail.length === 0) {
        reading.stop();
        log.stop();
        return false;
      }
      void read(trail);
      return true;
    },
  };
}
