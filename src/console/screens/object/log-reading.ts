import { type Context, notify } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import type { Pane } from '../../store/pane.ts';
import { type ObjectView, withLines } from './view.ts';

/** The log of one container of the pod on the object screen. */
export interface LogReading {
  /** Opens the log of the first container. */
  first(): void;
  /** The log of the next container. */
  next(): void;
  /** The log of the same container as it ran before, or back to the present one. */
  previous(): void;
  /** To the newest line, and on with what follows. */
  follow(): void;
  scroll(by: number): void;
  /** Reads no further. */
  stop(): void;
}

/** No log is read yet. */
export function createLogReading(context: Context, { view, update }: Pane<ObjectView>): LogReading {
  const reading = createLatest(context.ended);
  const containers = () => view().inspection?.containers ?? [];

  async function read(container: string, previous: boolean): Promise<void> {
    const { session } = context;
    const ref = view().trail.at(-1);
    if (!session || ref?.namespace === undefined) return;
    const signal = reading.begin();
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

  return {
    first() {
      const [first] = containers();
      if (first === undefined) return notify(context, 'only pods have logs', 'warn');
      void read(first, false);
    },
    next() {
      const { log } = view();
      const names = containers();
      const next = names[(names.indexOf((log?.container ?? '') as never) + 1) % Math.max(1, names.length)];
      if (next !== undefined) void read(next, log?.previous ?? false);
    },
    previous() {
      const { log } = view();
      const container = log?.container ?? containers()[0];
      if (container !== undefined) void read(container, !(log?.previous ?? false));
    },
    follow() {
      const { log } = view();
      if (log) update({ log: { ...log, follows: true }, top: 0 });
    },
    scroll(by) {
      const { log, top } = view();
      if (!log) return;
      // A log is scrolled from its end, so that new lines do not move what is being read.
      const next = Math.max(0, Math.min(log.lines.length, top - by));
      update({ top: next, log: { ...log, follows: next === 0 } });
    },
    stop: reading.stop,
  };
}
