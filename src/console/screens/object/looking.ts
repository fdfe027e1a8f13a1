import type { ObjectRef } from '../../../k8s/object.ts';
import { nameOf } from '../../../k8s/object-ref.ts';
import { askSession } from '../../app/ask-session.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import { NO_OBJECT, type ObjectView, withLines } from './view.ts';

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
  /** Back to the object before; false where there is none. */
  back(): boolean;
}

export function createObjectLooking(context: Context): ObjectLooking {
  const { store } = context;
  const reading = createLatest(context.ended);
  const logging = createLatest(context.ended);
  const view = () => store.getState().object;
  const update = (changes: Partial<ObjectView>): void =>
    store.setState(({ object }) => ({ object: { ...object, ...changes } }));

  async function read(trail: readonly ObjectRef[]): Promise<void> {
    const ref = trail.at(-1);
    if (!ref) return;
    logging.stop();
    const signal = reading.begin();
    update({ ...NO_OBJECT, trail });
    const read = await askSession(context, session => session.inspect(ref, signal));
    if (signal.aborted) return;
    update(read.phase === 'ready' ? { phase: 'ready', inspection: read.value } : read);
  }

  async function readLog(container: string, previous: boolean): Promise<void> {
    const { session } = context;
    const ref = view().trail.at(-1);
    if (!session || ref?.namespace === undefined) return;
    const signal = logging.begin();
    update({
      shows: 'log',
      top: 0,
      log: { container, previous, lines: [], dropped: 0, isCut: false, message: '', follows: true },
    });
    const source = { namespace: ref.namespace, pod: ref.name, container, previous };
    await session.followLog(
      source,
      news => {
        const { log } = view();
        if (!log || signal.aborted) return;
        if (news.is === 'lines') update({ log: withLines(log, news.lines, news.isCut) });
        else if (news.is === 'failed') update({ log: { ...log, message: news.message } });
      },
      signal,
    );
  }

  const containers = () => view().inspection?.containers ?? [];

  return {
    open(ref) {
      open(context, 'object');
      void read([ref]);
    },
    again: () => void read(view().trail),
    show(what) {
      if (what !== 'log') {
        logging.stop();
        return update({ shows: what, top: 0 });
      }
      const [first] = containers();
      if (first === undefined) return notify(context, 'only pods have logs', 'warn');
      void readLog(first, false);
    },
    owner() {
      const owner = view().inspection?.sections.find(({ title }) => title === 'OWNERS')?.rows[0]?.object;
      if (!owner) return notify(context, 'nothing owns this object', 'warn');
      void read([...view().trail, owner]);
    },
    nextContainer() {
      const { log } = view();
      const names = containers();
      const next = names[(names.indexOf((log?.container ?? '') as never) + 1) % Math.max(1, names.length)];
      if (next !== undefined) void readLog(next, log?.previous ?? false);
    },
    previous() {
      const { log } = view();
      const container = log?.container ?? containers()[0];
      if (container !== undefined) void readLog(container, !(log?.previous ?? false));
    },
    follow() {
      const { log } = view();
      if (log) update({ log: { ...log, follows: true }, top: 0 });
    },
    scroll(by) {
      const { shows, log, top } = view();
      // A log is scrolled from its end, so that new lines do not move what is being read.
      if (shows === 'log' && log) {
        const next = Math.max(0, Math.min(log.lines.length, top - by));
        return update({ top: next, log: { ...log, follows: next === 0 } });
      }
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
        logging.stop();
        return false;
      }
      void read(trail);
      return true;
    },
  };
}
