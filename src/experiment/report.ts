import { counted } from '../text/counted.ts';
import { type CleanIssue, cleanIssue } from '../text/issue.ts';
import { type Clean, cleanText, literal, sanitise } from '../text/sanitise.ts';
import type { CatalogueEntry, CatalogueRow } from './catalogue.ts';
import { experimentFiles, type Files, isGameDayPlan, readSource } from './files.ts';
import { loadExperiment } from './load.ts';

interface FileReport {
  path: string;
  name: string;
  type: string;
  valid: boolean;
  errors: CleanIssue[];
  warnings: CleanIssue[];
}

/** The JSON of `mayday validate`. */
export interface ValidateReport {
  files: FileReport[];
  summary: { total: number; valid: number; invalid: number };
}

/** Validates files and folders; a path that does not exist counts as an invalid file. */
export function validatePaths(paths: readonly string[], files: Files): ValidateReport {
  const reports = paths.flatMap(path => {
    const found = experimentFiles(path, files);
    if (typeof found === 'string') return [broken(path, found)];
    // A plan of a game-day is an invalid experiment if it was named itself, and is left out of a folder.
    return found.flatMap(file => (file === path || !isPlanFile(file, files) ? [validateFile(file, files)] : []));
  });
  const valid = reports.filter(report => report.valid).length;
  return { files: reports, summary: { total: reports.length, valid, invalid: reports.length - valid } };
}

function broken(path: string, message: string): FileReport {
  return { path, name: '', type: '', valid: false, errors: [cleanIssue({ path: '', message })], warnings: [] };
}

function isPlanFile(path: string, files: Files): boolean {
  const { text } = readSource(path, files);
  return text !== undefined && isGameDayPlan(text);
}

function validateFile(path: string, files: Files): FileReport {
  const source = readSource(path, files);
  return source.problem === undefined ? validateText(source.text, path) : broken(path, source.problem);
}

/** Validates one document. */
function validateText(text: string, path: string): FileReport {
  const loading = loadExperiment(text, path);
  if (!loading.ok) {
    const { name = '', type = '', errors, warnings } = loading;
    return { path, name: sanitise(name, 256), type: sanitise(type, 256), valid: false, errors, warnings };
  }
  const { metadata, spec } = loading.loaded.experiment;
  return { path, name: metadata.name, type: spec.injection.type, valid: true, errors: [], warnings: loading.warnings };
}

/** The report for people: each file with its issues, then the count. Files without issues are one line. */
export function validateLines(report: ValidateReport): Clean[] {
  const { total, valid, invalid } = report.summary;
  return [
    ...report.files.flatMap(fileLines),
    sanitise(`${counted(total, 'file')}: ${valid} valid, ${invalid} invalid`),
  ];
}

function fileLines(file: FileReport): Clean[] {
  const what = sanitise(file.name === '' ? '' : `  ${file.name} (${file.type || 'no type'})`, 600);
  return [
    cleanText`${literal(file.valid ? 'valid  ' : 'INVALID')} ${sanitise(file.path, 300)}${what}`,
    ...file.errors.map(issue => cleanText`  error   ${issueLine(issue)}`),
    ...file.warnings.map(issue => cleanText`  warning ${issueLine(issue)}`),
  ];
}

/** An issue in one line: `line 12: spec.injection.ttl: expected …`. */
export function issueLine(issue: CleanIssue): Clean {
  const line = issue.line === undefined ? '' : `line ${issue.line}: `;
  return sanitise(`${line}${issue.path === '' ? '' : `${issue.path}: `}${issue.message}`);
}

/** The JSON of `mayday list`. */
export interface ListReport {
  experiments: CatalogueRow[];
  /** Files that do not load. */
  broken: { file: string; error: string }[];
}

/** Which experiments are listed. */
export interface ListFilter {
  type?: string;
  operator?: string;
  /** Experiments without a tier (0) always pass. */
  maxTier?: number;
}

/** The rows that pass the filter. `row` makes a row of a loaded entry. */
export function listReport(
  entries: readonly CatalogueEntry[],
  row: (loaded: NonNullable<CatalogueEntry['loaded']>) => CatalogueRow,
  filter: ListFilter = {},
): ListReport {
  const rows = entries.flatMap(entry => (entry.loaded === undefined ? [] : [row(entry.loaded)]));
  return {
    experiments: rows.filter(
      item =>
        (filter.type === undefined || item.type.toLowerCase() === filter.type.toLowerCase()) &&
        (filter.operator === undefined || item.operator === filter.operator) &&
        (filter.maxTier === undefined || item.tier <= filter.maxTier),
    ),
    broken: entries.flatMap(entry => (entry.error === undefined ? [] : [{ file: entry.path, error: entry.error }])),
  };
}

/** The cells of `mayday list` for people: a header, then a row for each experiment. */
export function listCells(report: ListReport): string[][] {
  const header = ['NAME', 'TYPE', 'TIER', 'DANGER', 'OPERATOR', 'COMPONENT', 'NAMESPACE', 'FILE'];
  const rows = report.experiments.map(row => [
    row.name,
    row.type,
    row.tier === 0 ? '-' : String(row.tier),
    row.danger,
    row.operator,
    row.component,
    row.namespace,
    sanitise(row.file, 300),
  ]);
  return [header, ...rows];
}
