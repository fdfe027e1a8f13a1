import { basename, join } from 'node:path';
import type { Files } from '../../experiment/files.ts';
import { entriesOf, mergedDay } from '../../gameday/journal/read-day.ts';
import type { DayEntry, EntryOf } from '../../gameday/journal/record.ts';
import { isRunId } from '../../records/run-id.ts';
import { readSuite, type SuiteHistory } from '../../suite/journal.ts';
import { parsedJson } from '../../text/json.ts';
import { sanitise } from '../../text/sanitise.ts';
import { clean } from '../clean.ts';
import type { ReportParts } from '../make.ts';
import type { Scenario } from '../model.ts';
import { partsOfDay } from './day.ts';
import { isFrameworkReport, reportsWithin, scenarioOfFramework } from './framework.ts';
import { partsOfJournal, partsOfRecord, type RunParts, scenarioOf } from './scenario.ts';

/** Where records are read from: the disk, and the folder of mayday's own records. */
export interface Places {
  disk: Files;
  stateDir: string;
}

const LONGEST = 64 * 1024 * 1024;
const DEEPEST = 8;
const MOST_FILES = 5_000;
/** Folders among mayday's records that hold no runs. */
const OTHERS = ['reverts', 'baselines', 'suites', 'days'];

/** Reads the records that an id or a path names; a text says why there are none. What cannot be read is listed in `problems`. */
export function readParts(what: string, places: Places): ReportParts | string {
  if (isRunId(what)) return partsOfId(what, places);
  const { disk } = places;
  const place = disk.place(what);
  const shown = sanitise(what, 300);
  if (place.is === 'missing')
    return `expected the id of a run, suite or day, or a file or folder, found nothing at ${shown}: \`mayday report\` lists what is there`;
  if (place.is === 'refused') return `${shown} cannot be read: ${place.why}`;
  if (place.is === 'file') return partsOfFile(what, places);
  return partsOfFolder(what, places);
}

function partsOfId(id: string, places: Places): ReportParts | string {
  const { disk, stateDir } = places;
  for (const folder of ['suites', 'days', 'runs']) {
    const path = join(stateDir, folder, id);
    if (disk.place(path).is === 'folder') return partsOfOwn(path, places);
  }
  return `expected the id of a run, suite or day of this machine, found ${id}: \`mayday report\` lists them`;
}

/** The folder of one run, suite or day: its record, or its journal. */
function partsOfOwn(path: string, places: Places): ReportParts | string {
  const record = join(path, 'run.json');
  const isRecord = places.disk.place(record).is === 'file';
  return partsOfFile(isRecord ? record : join(path, 'journal.jsonl'), places);
}

function partsOfFile(path: string, places: Places): ReportParts | string {
  const text = textOf(path, places);
  if (typeof text !== 'string') return text.problem;
  const read = path.endsWith('.jsonl') ? ofJournal(path, text, places) : ofDocument(path, text);
  return typeof read === 'string' ? `${sanitise(path, 300)}: ${read}` : read;
}

function textOf(path: string, { disk }: Places): string | { problem: string } {
  const reading = disk.read(path, LONGEST);
  if (reading.is === 'text') return reading.text;
  return { problem: `${sanitise(path, 300)} cannot be read: ${reading.is === 'missing' ? 'it is gone' : reading.why}` };
}

const empty = (title: string, source: ReportParts['source']): ReportParts => ({
  title: clean(title),
  source: { kind: source.kind, id: clean(source.id) },
  scenarios: [],
  notRun: [],
  problems: [],
});

/** Reads a JSON document: the record of a run, or a report of the framework. */
function ofDocument(path: string, text: string): ReportParts | string {
  const value = parsedJson(text);
  if (value === undefined) return 'expected JSON, found other text';
  const made = scenariosOf(value, path);
  if (typeof made === 'string') return made;
  const [first] = made.scenarios;
  const title = made.scenarios.length === 1 && first ? first.name : basename(path);
  const parts = empty(title, { kind: 'run', id: first?.run ?? basename(path) });
  return { ...parts, ...made };
}

function scenariosOf(value: unknown, path: string): Pick<ReportParts, 'scenarios' | 'problems'> | string {
  const all = reportsWithin(value) ?? (isFrameworkReport(value) ? [value] : undefined);
  if (all === undefined) {
    const parts = partsOfRecord(value, path);
    return typeof parts === 'string' ? parts : { scenarios: [scenarioOf(parts)], problems: [] };
  }
  const read = all.map(scenarioOfFramework);
  return {
    scenarios: read.filter(one => typeof one !== 'string'),
    problems: read.filter(one => typeof one === 'string').map(problem => clean(`${path}: ${problem}`)),
  };
}

/** Reads the journal of a suite, a day, or a run without a record. */
function ofJournal(path: string, text: string, places: Places): ReportParts | string {
  const suite = readSuite(text);
  if (suite !== undefined) return ofSuite(suite, places);
  const day = journalOfDay(path, text);
  if (day !== undefined) return ofDay([day], places);
  const run = partsOfJournal(text, path);
  if (typeof run === 'string') return 'expected the journal of a run, a suite or a day, found another file';
  return { ...empty(run.header.experiment.name, { kind: 'run', id: run.header.run }), scenarios: [scenarioOf(run)] };
}

/** The journal of a day in one file. */
interface DayFile {
  path: string;
  begin: EntryOf<'begin'>;
  entries: DayEntry[];
  broken: number[];
}

function journalOfDay(path: string, text: string): DayFile | undefined {
  const { entries, broken } = entriesOf(text.split('\n'));
  const begin = entries.find(entry => entry.kind === 'begin');
  return begin === undefined ? undefined : { path, begin, entries, broken };
}

function ofDay(files: readonly [DayFile, ...DayFile[]], places: Places): ReportParts {
  const [{ begin }] = files;
  const parts = partsOfDay(mergedDay(files.map(({ entries }) => entries)), ({ run }) => runHere(run, places));
  const problems = files.flatMap(({ path, broken }) =>
    broken.map(line => clean(`${path}: line ${line} is no record and was passed over`)),
  );
  return { ...empty(`game-day ${begin.plan}`, { kind: 'day', id: begin.day }), ...parts, problems };
}

/**
 * Merges several journals of one day: of the process that led it, and copies that colleagues on other machines added to. A text says why
 * they are not of one day.
 */
export function readDayParts(whats: readonly string[], places: Places): ReportParts | string {
  const files: DayFile[] = [];
  for (const what of whats) {
    const path = journalPathOf(what, places);
    const text = textOf(path, places);
    if (typeof text !== 'string') return text.problem;
    const file = journalOfDay(path, text);
    if (file === undefined) return `expected journals of one game-day, found another file: ${sanitise(path, 300)}`;
    const [first = file] = files;
    if (file.begin.day !== first.begin.day)
      return `expected journals of one game-day, found two days: ${sanitise(first.path, 300)} is of ${sanitise(first.begin.day, 64)}, ${sanitise(path, 300)} of ${sanitise(file.begin.day, 64)}`;
    files.push(file);
  }
  const [first, ...more] = files;
  return first === undefined ? 'expected the journal of a game-day, found none' : ofDay([first, ...more], places);
}

/** The path of the journal: given the id of a day of this machine, the folder of a day, or the path itself. */
function journalPathOf(what: string, { disk, stateDir }: Places): string {
  const folder = isRunId(what) ? join(stateDir, 'days', what) : what;
  return isRunId(what) || disk.place(what).is === 'folder' ? join(folder, 'journal.jsonl') : what;
}

function ofSuite(suite: SuiteHistory, places: Places): ReportParts {
  const parts = empty(`suite of ${suite.entries.length} runs`, { kind: 'suite', id: suite.suite });
  const problems = suite.broken.map(line => `line ${line} of the journal is no record and was passed over`);
  const scenarios: Scenario[] = [];
  const notRun: ReportParts['notRun'] = [];
  for (const { key } of suite.entries) {
    const run = suite.done.get(key)?.run ?? suite.runs.get(key)?.at(-1);
    const read = run === undefined ? undefined : runHere(run, places);
    if (read !== undefined) scenarios.push(scenarioOf(read));
    else if (run === undefined) notRun.push({ name: clean(key), says: clean(suite.notRun.get(key) ?? 'not reached') });
    else problems.push(clean(`${key}: the record of run ${run} is not on this machine`));
  }
  return { ...parts, scenarios, notRun, problems };
}

/** Reads a run of this machine: its record, else its journal. */
function runHere(run: string, places: Places): RunParts | undefined {
  if (!isRunId(run)) return undefined;
  const folder = join(places.stateDir, 'runs', run);
  const record = textOf(join(folder, 'run.json'), places);
  const read = typeof record === 'string' ? partsOfRecord(parsedJson(record), join(folder, 'run.json')) : 'none';
  if (typeof read !== 'string') return read;
  const journal = textOf(join(folder, 'journal.jsonl'), places);
  const fromJournal = typeof journal === 'string' ? partsOfJournal(journal, join(folder, 'journal.jsonl')) : 'none';
  return typeof fromJournal === 'string' ? undefined : fromJournal;
}

/** Reads everything below a folder: records of runs, journals of runs without a record, and reports of the framework. */
function partsOfFolder(folder: string, places: Places): ReportParts | string {
  if (isOwn(folder, places)) return partsOfOwn(folder, places);
  const parts = empty(basename(folder) || folder, { kind: 'folder', id: folder });
  const found = filesBelow(folder, places, DEEPEST).slice(0, MOST_FILES);
  for (const path of found) {
    const read = partsOfFile(path, places);
    if (typeof read === 'string') parts.problems.push(clean(read));
    else if (read.source.kind === 'run') {
      parts.scenarios.push(...read.scenarios);
      parts.problems.push(...read.problems);
    }
  }
  if (parts.scenarios.length > 0) {
    parts.scenarios.sort((a, b) => (a.startedAt ?? a.endedAt ?? 0) - (b.startedAt ?? b.endedAt ?? 0));
    return parts;
  }
  const why = parts.problems[0] === undefined ? '' : ` (${parts.problems[0]})`;
  return `expected records of runs or reports of the framework (*.json) in ${sanitise(folder, 300)}, found none${why}`;
}

/** Whether a folder is that of one run, suite or day. */
function isOwn(folder: string, { disk }: Places): boolean {
  const has = (name: string) => disk.place(join(folder, name)).is === 'file';
  return isRunId(basename(folder)) && (has('run.json') || has('journal.jsonl'));
}

function filesBelow(folder: string, places: Places, left: number): string[] {
  const names = places.disk.names(folder);
  const isOther = OTHERS.some(other => folder === join(places.stateDir, other));
  if (typeof names === 'string' || left === 0 || isOther) return [];
  const hasRecord = names.includes('run.json');
  return names
    .filter(name => !name.startsWith('.'))
    .toSorted()
    .flatMap(name => {
      const path = join(folder, name);
      if (places.disk.place(path).is === 'folder') return filesBelow(path, places, left - 1);
      // Left out: the framework's summary of the other files, and the journal of a run that has a record.
      if (name === 'report.json' || (hasRecord && name === 'journal.jsonl')) return [];
      return /\.(json|jsonl)$/.test(name) ? [path] : [];
    });
}
