import { compare } from '../../../report/compare.ts';
import type { Report } from '../../../report/model.ts';
import type { PastRun } from '../../../report/past.ts';
import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { lanesOfReport } from '../timeline/lanes.ts';
import { chosenPast, markedPair, type Opened, pastKey, type ReportsView } from './view.ts';

/** Reads what was run on this machine, opens it, compares it and writes it as files. */
export interface Reporting {
  /** Begins to read the list again, unless it is being read. */
  look(): void;
  mark(): void;
  openChosen(): void;
  compareMarked(): void;
  /** Writes what is open, or else the row under the cursor. */
  write(form: 'md' | 'html'): void;
  /** Shows the faults of what is open, or of the row under the cursor, on the timeline. */
  toTimeline(): void;
  scrollTo(top: number): void;
}

/** Lanes of past runs that the timeline keeps. */
const MOST_LANES = 40;
const oneLine = (error: unknown): string => sanitise(messageOf(error), 300);

export function createReporting(context: Context): Reporting {
  const { store } = context;

  return {
    look: () => void look(context),
    mark() {
      const state = store.getState();
      const chosen = chosenPast(state);
      if (!chosen) return;
      const key = pastKey(chosen);
      const { marked } = state.reports;
      // A third mark takes the place of the first.
      update(context, {
        marked: marked.includes(key) ? marked.filter(one => one !== key) : [...marked.slice(-1), key],
      });
    },
    openChosen() {
      const chosen = chosenPast(store.getState());
      if (!chosen) return;
      void show(context, nameOf(chosen), async () => {
        const report = await read(context, chosen);
        return typeof report === 'string'
          ? { is: 'failed', what: nameOf(chosen), message: report }
          : { is: 'report', report };
      });
    },
    compareMarked() {
      const pair = markedPair(store.getState());
      if (pair) void show(context, 'both', () => compared(context, pair.before, pair.now));
    },
    write: form => void write(context, form),
    toTimeline: () => void toTimeline(context),
    scrollTo: top => update(context, { top }),
  };
}

const update = ({ store }: Context, changes: Partial<ReportsView>): void => paneOf(store, 'reports').update(changes);

const nameOf = ({ name, id }: PastRun): string => (name === '?' ? id : name);

async function look(context: Context): Promise<void> {
  const { store, deps } = context;
  if (store.getState().reports.phase === 'reading') return;
  if (!deps.past) return update(context, { phase: 'failed', message: 'this console has no records to read' });
  update(context, { phase: 'reading', message: '' });
  try {
    const isFirst = store.getState().reports.runs.length === 0;
    let last: Pick<ReportsView, 'runs' | 'total'> = { runs: [], total: 0 };
    await deps.past.list((runs, total) => {
      last = { runs, total };
      // Where there is a list already it stays until the new one is whole.
      if (isFirst) update(context, last);
    }, context.ended);
    update(context, { ...last, phase: 'done' });
  } catch (error) {
    update(context, { phase: 'failed', message: oneLine(error) });
  }
}

async function read({ deps }: Context, { id }: PastRun): Promise<Report | string> {
  try {
    return (await deps.past?.read(id)) ?? 'this console has no records to read';
  } catch (error) {
    return oneLine(error);
  }
}

/** Opens the screen at once and fills it when it is read, unless something else was opened meanwhile. */
async function show(context: Context, what: string, made: () => Promise<Opened>): Promise<void> {
  const { store } = context;
  const reading: Opened = { is: 'reading', what };
  update(context, { opened: reading, top: 0 });
  open(context, 'report');
  const opened = await made();
  if (store.getState().reports.opened === reading) update(context, { opened });
}

async function compared(context: Context, before: PastRun, now: PastRun): Promise<Opened> {
  const [old, fresh] = [await read(context, before), await read(context, now)];
  if (typeof old === 'string') return { is: 'failed', what: nameOf(before), message: old };
  if (typeof fresh === 'string') return { is: 'failed', what: nameOf(now), message: fresh };
  return { is: 'comparison', before: old, now: fresh, comparison: compare(old, fresh) };
}

/** The report that a key is about; a comparison is that of the later one. */
async function subject(context: Context): Promise<Report | string> {
  const { store } = context;
  const state = store.getState();
  const { opened } = state.reports;
  if (state.screens.at(-1) === 'report') {
    if (opened?.is === 'report') return opened.report;
    if (opened?.is === 'comparison') return { ...opened.now, comparison: opened.comparison };
    return 'it is not read yet';
  }
  const chosen = chosenPast(state);
  return chosen ? read(context, chosen) : 'nothing was run on this machine yet';
}

async function write(context: Context, form: 'md' | 'html'): Promise<void> {
  const { deps } = context;
  const report = await subject(context);
  if (typeof report === 'string') return notify(context, `not written: ${report}`, 'bad');
  if (!deps.keep || !deps.past) return notify(context, 'not written: this console keeps no files', 'bad');
  try {
    const at = new Date(deps.clock.now()).toISOString().replace(/[:.]/g, '-');
    const text = await deps.past.text(report, form);
    const path = await deps.keep.save(`${at}-report.${form}`, text);
    notify(context, `written, readable only by you: ${path}`, 'ok', 20_000);
  } catch (error) {
    notify(context, `not written: ${oneLine(error)}`, 'bad');
  }
}

async function toTimeline(context: Context): Promise<void> {
  const { store } = context;
  const report = await subject(context);
  if (typeof report === 'string') return notify(context, `not shown: ${report}`, 'bad');
  const added = lanesOfReport(report);
  const [first] = added;
  if (!first) return notify(context, 'nothing was injected in it, or no times of it are kept', 'warn');
  store.setState(({ timeline }) => {
    const keys = new Set(added.map(({ key }) => key));
    const past = [...added, ...timeline.past.filter(({ key }) => !keys.has(key))].slice(0, MOST_LANES);
    return { timeline: { past, lane: first.key, at: undefined } };
  });
  open(context, 'timeline');
}
