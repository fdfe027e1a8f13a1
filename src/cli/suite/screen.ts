import { eventJson } from '../../run/line.ts';
import { summaryCounts } from '../../suite/counts.ts';
import type { EntryEnd, SuiteEvent } from '../../suite/event.ts';
import type { JournalEntry } from '../../suite/journal.ts';
import { suiteLine } from '../../suite/line.ts';
import { tableLines } from '../../suite/table.ts';
import { viewAfter, viewOf } from '../../suite/view.ts';
import { glyphsFor } from '../../text/glyphs.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { GlobalOptions } from '../globals.ts';
import { type LiveLines, liveLines } from '../live.ts';
import { printNotice } from '../output/notice.ts';
import { isTerminal, linePrinter, printJsonLine, terminalColumns, terminalRows } from '../output/output.ts';

/** Shows a suite while it runs: a table on a terminal, else a line for each event. */
export interface SuiteScreen {
  onEvent(event: SuiteEvent): void;
  /** Prints an additional line. */
  printNotice(line: string): void;
  /** The faults that are in the cluster now, a line each. */
  faultsIn(): string[];
  /** Draws the final state, which stays on the screen; counts what remains only where that is known. */
  end(isLeaving: boolean): void;
}

const FRAME_MS = 250;

export function suiteScreen(
  globals: GlobalOptions,
  { all, done }: { all: readonly JournalEntry[]; done: ReadonlyMap<string, EntryEnd> },
  { speed, now }: { speed: number; now: () => number },
): SuiteScreen {
  let view = viewOf(all, done);
  const guards = new Map<string, string>();
  const live = globals.output === 'text' && isTerminal() ? drawing(() => tableOf(terminalRows() - 1)) : undefined;
  const glyphs = glyphsFor(process.env, globals.ascii === true);
  const tableOf = (rows: number) => tableLines(view, { columns: terminalColumns(), rows, now: now(), speed, glyphs });
  const line = linePrinter(globals);
  return {
    onEvent(event) {
      view = viewAfter(view, event);
      if (event.event === 'run' && event.of.event === 'guard') guards.set(event.key, event.of.says);
      if (globals.output === 'jsonl') return printJsonLine(suiteJson(event));
      if (globals.output !== 'text') return;
      if (live !== undefined) return live.draw();
      const text = suiteLine(event, { total: all.length, speed });
      if (text !== undefined) line(text);
    },
    printNotice: text => (live === undefined ? printNotice(text) : live.lines.above(sanitise(`mayday: ${text}`))),
    faultsIn: () =>
      view.rows
        .filter(row => row.state === 'running' && row.injectedAt !== undefined && row.isReverted !== true)
        .map(({ key, type }) => {
          const guard = guards.get(key);
          return `still in the cluster: ${type} of ${key}${guard === undefined ? '' : `; guardian: ${guard}`}`;
        }),
    end(isLeaving) {
      live?.stop();
      if (globals.output !== 'text') return;
      // The whole table, however long: it is the result.
      if (live !== undefined) live.finish(tableOf(Number.MAX_SAFE_INTEGER));
      if (!isLeaving) line(summaryCounts(view));
    },
  };
}

/** Redraws at every change, and at an interval because it shows durations. */
function drawing(table: () => ReturnType<typeof tableLines>) {
  const lines: LiveLines = liveLines();
  const draw = () => lines.draw(table());
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  return {
    lines,
    draw,
    stop: () => clearInterval(timer),
    finish(all: ReturnType<typeof tableLines>) {
      lines.draw(all);
      lines.end();
    },
  };
}

/** The JSON line of one event: `{at, suite, event, …}`; a run's event is `{at, run, event, …}` with the suite and the key beside it. */
export function suiteJson(event: SuiteEvent): Record<string, unknown> {
  if (event.event === 'run') return { ...eventJson(event.of), suite: event.suite, key: event.key };
  const { at, suite, event: name, ...rest } = event;
  return { at: new Date(at).toISOString(), suite, event: name, ...rest };
}
