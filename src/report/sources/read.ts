import { basename, join } from 'node:path';
import type { Files } from '../../experiment/files.ts';
import { entriesOf, mergedDay } from '../../gameday/journal/read-day.ts';
import type { DayEntry, EntryOf } from '../../gameday/journal/record.ts';
import { isRunId } from '../../records/run-id.ts';
import { readSuite, type SuiteHistory } from '../../suite/journal.ts';
import { parsedJson } from '../../text/json.ts';
import { sanitise } from '../../text/sanitise.ts';
import { clean } from '../clean.ts';
import type { Parts } from '../make.ts';
import type { Scenario } from '../model.ts';
import { partsOfDay } from './day.ts';
import { isFrameworkReport, reportsWithin, scenarioOfFramework } from './framework.ts';
import { partsOfJournal, partsOfRecord, type RunParts, scenarioOf } from './scenario.ts';

/** Where reports are made from: the disk, and the folder of mayday's own records. */
export interface Places {
  disk: Files;
  stateDir: string;
}

const LONGEST = 64 * 1024 * 1024;
const DEEPEST = 8;
const MOST_FILES = 5_000;
/** Below the folder of mayday's records: what are no runs. */
const OTHERS = ['reverts', 'baselines', 'suites', 'days'];

/** What an id or a path stands for, read whole; or in one line why it stands for nothing. What cannot be read of it is named in `problems`. */
export function readParts(what: string, places: Places): Parts | string {
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

function partsOfId(id: string, places: Places): Parts | string {
  const { disk, stateDir } = places;
  for (const folder of ['suites', 'days', 'runs']) {
    const path = join(stateDir, folder, id);
    if (disk.place(path).is === 'folder') return partsOfOwn(path, places);
  }
  return `expected the id of a run, suite or day of this machine, found ${id}: \`mayday report\` lists them`;
}

/** The folder of one run, suite or day: its record, or its journal. */
function partsOfOwn(path: string, places: Places): Parts | string {
  const record = join(path, 'run.json');
  const isRecord = places.disk.place(record).is === 'file';
  return partsOfFile(isRecord ? record : join(path, 'journal.jsonl'), places);
}

function partsOfFile(path: string, places: Places): Parts | string {
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

const empty = (title: string, source: Parts['source']): Parts => ({
  title: clean(title),
  source: { kind: source.kind, id: clean(source.id) },
  scenarios: [],
  notRun: [],
  problems: [],
});

/** A JSON document: a record of a run, or a report of the framework. */
function ofDocument(path: string, text: string): Parts | string {
  const value = parsedJson(text);
  if (value === undefined) return 'expected JSON, found other text';
  const made = scenariosOf(value, path);
  if (typeof made === 'string') return made;
  const [first] = made.scenarios;
  const title = made.scenarios.length === 1 && first ? first.name : basename(path);
  const parts = empty(title, { kind: 'run', id: first?.run ?? basename(path) });
  return { ...parts, ...made };
}

function scenariosOf(value: unknown, path: string): Pick<Parts, 'scenarios' | 'problems'> | string {
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

/** A journal: of a suite, a day, or a run that has no record. */
function ofJournal(path: string, text: string, places: Places): Parts | string {
  const story = readSuite(text);
  if (story !== undefined) return ofSuite(story, places);
  const day = journalOfDay(path, text);
  if (day !== undefined) return ofDay([day], places);
  const run = partsOfJournal(text, path);
  if (typeof run === 'string') return 'expected the journal of a run, a suite or a day, found another file';
  return { ...empty(run.header.experiment.name, { kind: 'run', id: run.header.run }), scenarios: [scenarioOf(run)] };
}

/** One journal of a day, as a file holds it. */
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

function ofDay(files: readonly [DayFile, ...DayFile[]], places: Places): Parts {
  const [{ begin }] = files;
  const parts = partsOfDay(mergedDay(files.map(({ entries }) => entries)), ({ run }) => runHere(run, places));
  const problems = files.flatMap(({ path, broken }) =>
    broken.map(line => clean(`${path}: line ${line} is no record and was passed over`)),
  );
  return { ...empty(`game-day ${begin.plan}`, { kind: 'day', id: begin.day }), ...parts, problems };
}

/**
 * Several journals of one day as one: that of whoever led it, and the copies in which colleagues on other machines noted or went on. In one
 * line why they are not one day.
 */
export function readDayParts(whats: readonly string[], places: Places): Parts | string {
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

/** An id of a day of this machine, the folder of a day, or the journal itself. */
function journalPathOf(what: string, { disk, stateDir }: Places): string {
  const folder = isRunId(what) ? join(stateDir, 'days', what) : what;
  return isRunId(what) || disk.place(what).is === 'folder' ? join(folder, 'journal.jsonl') : what;
}

function ofSuite(story: SuiteHistory, places: Places): Parts {
  const parts = empty(`suite of ${story.entries.length} runs`, { kind: 'suite', id: story.suite });
  const problems = story.broken.map(line => `line ${line} of the journal is no record and was passed over`);
  const scenarios: Scenario[] = [];
  const notRun: Parts['notRun'] = [];
  for (const { key } of story.entries) {
    const run = story.done.get(key)?.run ?? story.runs.get(key)?.at(-1);
    const read = run === undefined ? undefined : runHere(run, places);
    if (read !== undefined) scenarios.push(scenarioOf(read));
    else if (run === undefined) notRun.push({ name: clean(key), says: clean(story.notRun.get(key) ?? 'not reached') });
    else problems.push(clean(`${key}: the record of run ${run} is not on this machine`));
  }
  return { ...parts, scenarios, notRun, problems };
}

/** A run of this machine: its record, or what its journal says where it has none. */
function runHere(run: string, places: Places): RunParts | undefined {
  if (!isRunId(run)) return undefined;
  const folder = join(places.stateDir, 'runs', run);
  const record = textOf(join(folder, 'run.json'), places);
  const read = typeof record === 'string' ? partsOfRecord(parsedJson(record), join(folder, 'run.json')) : 'none';
  if (typeof read !== 'string') return read;
  const journal = textOf(join(folder, 'journal.jsonl'), places);
  const told = typeof journal === 'string' ? partsOfJournal(journal, join(folder, 'journal.jsonl')) : 'none';
  return typeof told === 'string' ? undefined : told;
}

/** Everything in a folder and its folders: records of runs, journals of runs without one, and the framework's reports. */
function partsOfFolder(folder: string, places: Places): Parts | string {
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

/** A folder that holds one run, suite or day and nothing else. */
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
      // The framework's own summary of the other files, and the journal of a run that has its record.
      if (name === 'report.json' || (hasRecord && name === 'journal.jsonl')) return [];
      return /\.(json|jsonl)$/.test(name) ? [path] : [];
    });
}
