import type { RunEvent } from '../../run/event.ts';
import type { RunResult } from '../../run/verdict/result.ts';
import { recordsOf } from '../../text/json.ts';
import type { By, DayEntry, EntryOf, ScenarioEnd } from './record.ts';

/** One run of a scenario. `result` is absent while it runs, and where its process died. */
export interface DayRun {
  run: string;
  experiment: string;
  path: string;
  startedAt: number;
  events: RunEvent[];
  result?: RunResult;
  recordPath?: string;
}

/** One scenario of the agenda that was begun. */
export interface DayScenario {
  name: string;
  armedAt: number;
  armedBy: By;
  runs: DayRun[];
  end?: ScenarioEnd;
  why?: string;
  endedAt?: number;
  /** The last outcome that was given counts. */
  outcome?: EntryOf<'outcome'>;
  /** T3: the first to say that they see it. */
  seen: EntryOf<'seen'>[];
  tripped: EntryOf<'tripped'>[];
  /** Alerts that began during the scenario, in order; and since when each source of alerts answers or does not. */
  alerts: EntryOf<'alert'>[];
  alertSources: EntryOf<'alerts'>[];
  /** Experiments of a suite that were skipped and not run since. */
  notRun: { experiment: string; path: string; says: string }[];
}

/** A day, as read from its journal. */
export interface DayRecord {
  /** Absent where the file does not begin like the journal of a day. */
  begin?: EntryOf<'begin'>;
  sessions: EntryOf<'session'>[];
  looks: EntryOf<'look'>[];
  baselines: EntryOf<'baseline'>[];
  scenarios: DayScenario[];
  probes: EntryOf<'probe'>[];
  /** Notes of all sessions, sorted by the time of the key press. */
  notes: EntryOf<'note'>[];
  seen: EntryOf<'seen'>[];
  tripped: EntryOf<'tripped'>[];
  notices: EntryOf<'notice'>[];
  stops: EntryOf<'stop'>[];
  unlatched: EntryOf<'unlatch'>[];
  lifted: EntryOf<'lifted'>[];
  /** Absent while the day goes on, and where its process died. */
  end?: EntryOf<'end'>;
  /** Numbers of the lines that are not records, counted from 1. */
  broken: number[];
}

/**
 * Reads the lines of a day's journal. An incomplete last line is left out silently; any other line that is not a record is named in
 * `broken`, and the rest is still read. Kinds of record that a later version added are ignored.
 */
export function readDay(lines: readonly string[]): DayRecord {
  const { entries, broken } = entriesOf(lines);
  return { ...dayOf(entries), broken };
}

/**
 * Merges several journals of one day: a file, and a copy of it that a colleague went on with or added notes to. Entries that both
 * hold count once; the rest is sorted by time, and each journal keeps its own order.
 */
export function mergedDay(journals: readonly (readonly DayEntry[])[]): Omit<DayRecord, 'broken'> {
  const taken = new Map<string, number>();
  const timed = journals.flatMap(entries => {
    const within = new Map<string, number>();
    let latest = Number.NEGATIVE_INFINITY;
    return entries.flatMap(entry => {
      const text = JSON.stringify(entry);
      const nth = (within.get(text) ?? 0) + 1;
      within.set(text, nth);
      // The time of a note is that of its key press, which can be earlier than the time of the line above it.
      latest = Math.max(latest, entry.at);
      if (nth <= (taken.get(text) ?? 0)) return [];
      taken.set(text, nth);
      return [{ entry, at: latest }];
    });
  });
  return dayOf(timed.toSorted((a, b) => a.at - b.at).map(({ entry }) => entry));
}

/** The records of a journal, in the order of its lines. */
export function entriesOf(lines: readonly string[]): { entries: DayEntry[]; broken: number[] } {
  const { records, broken } = recordsOf(lines, dayEntry);
  return { entries: records, broken };
}

function dayEntry(parsed: unknown): DayEntry | undefined {
  const value = parsed as Partial<DayEntry> | null | undefined;
  const isRecord = typeof value?.kind === 'string' && typeof value.at === 'number' && value.v === 1;
  return isRecord ? (value as DayEntry) : undefined;
}

function dayOf(given: readonly DayEntry[]): Omit<DayRecord, 'broken'> {
  const entries = withScenarios(given);
  const all = <K extends DayEntry['kind']>(kind: K) => entries.filter(entry => entry.kind === kind) as EntryOf<K>[];
  const end = all('end').at(-1);
  const lastEnd = end === undefined ? -1 : entries.indexOf(end);
  const isGoingOn = entries.slice(lastEnd + 1).some(entry => entry.kind === 'session' && !entry.adds);
  const [begin] = all('begin');
  return {
    ...(begin === undefined ? {} : { begin }),
    sessions: all('session'),
    looks: all('look'),
    baselines: all('baseline'),
    scenarios: scenariosOf(entries),
    probes: all('probe'),
    notes: all('note').toSorted(byTime),
    seen: all('seen').toSorted(byTime),
    tripped: all('tripped'),
    notices: all('notice'),
    stops: all('stop'),
    unlatched: all('unlatch'),
    lifted: all('lifted'),
    ...(end === undefined || isGoingOn ? {} : { end }),
  };
}

const byTime = (a: DayEntry, b: DayEntry): number => a.at - b.at;

/** Assigns notes and sightings from other consoles to the scenario that was under way at that moment. */
function withScenarios(entries: readonly DayEntry[]): DayEntry[] {
  const spans: { scenario: string; from: number; to: number }[] = [];
  for (const entry of entries) {
    if (entry.kind === 'armed') spans.push({ scenario: entry.scenario, from: entry.at, to: Number.POSITIVE_INFINITY });
    const open = entry.kind === 'ended' ? spans.findLast(({ scenario }) => scenario === entry.scenario) : undefined;
    if (open !== undefined) open.to = entry.at;
  }
  return entries.map(entry => {
    if ((entry.kind !== 'note' && entry.kind !== 'seen') || entry.scenario !== undefined) return entry;
    const span = spans.find(({ from, to }) => from <= entry.at && entry.at <= to);
    return span === undefined ? entry : { ...entry, scenario: span.scenario };
  });
}

function scenariosOf(entries: readonly DayEntry[]): DayScenario[] {
  const found = new Map<string, DayScenario>();
  for (const entry of entries) {
    if (entry.kind === 'armed') {
      const earlier = found.get(entry.scenario);
      if (earlier === undefined) found.set(entry.scenario, begun(entry));
      else delete earlier.end;
      continue;
    }
    const scenario = 'scenario' in entry && entry.scenario !== undefined ? found.get(entry.scenario) : undefined;
    if (scenario !== undefined) note(scenario, entry);
    else if (entry.kind === 'ended')
      found.set(entry.scenario, { ...begun(entry), end: entry.end, why: entry.why, endedAt: entry.at });
  }
  for (const { seen } of found.values()) seen.sort(byTime);
  return [...found.values()];
}

/** A scenario that ended without being armed was skipped, or refused by the safety check. */
const begun = (entry: EntryOf<'armed'> | EntryOf<'ended'>): DayScenario => ({
  name: entry.scenario,
  armedAt: entry.at,
  armedBy: entry.kind === 'armed' ? entry.by : { name: '', role: 'observer' },
  runs: [],
  seen: [],
  tripped: [],
  alerts: [],
  alertSources: [],
  notRun: [],
});

function note(scenario: DayScenario, entry: DayEntry): void {
  switch (entry.kind) {
    case 'run':
      scenario.runs.push({
        run: entry.run,
        experiment: entry.experiment,
        path: entry.path,
        startedAt: entry.at,
        events: [],
      });
      scenario.notRun = scenario.notRun.filter(({ path }) => path !== entry.path);
      return;
    case 'not-run':
      scenario.notRun.push({ experiment: entry.experiment, path: entry.path, says: entry.says });
      return;
    case 'event':
      scenario.runs.find(({ run }) => run === entry.event.run)?.events.push(entry.event);
      return;
    case 'result': {
      const run = scenario.runs.find(one => one.run === entry.run);
      if (run === undefined) return;
      run.result = entry.result;
      if (entry.recordPath !== undefined) run.recordPath = entry.recordPath;
      return;
    }
    case 'ended':
      Object.assign(scenario, { end: entry.end, why: entry.why, endedAt: entry.at });
      return;
    case 'outcome':
      scenario.outcome = entry;
      return;
    case 'seen':
      scenario.seen.push(entry);
      return;
    case 'tripped':
      scenario.tripped.push(entry);
      return;
    case 'alert':
      scenario.alerts.push(entry);
      return;
    case 'alerts':
      scenario.alertSources.push(entry);
      return;
    default:
  }
}
