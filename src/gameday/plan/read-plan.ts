import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { type Document, isMap, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import { type CleanIssue, cleanIssue, type Issue } from '../../text/issue.ts';
import { sanitise } from '../../text/sanitise.ts';
import { GAME_DAY_KIND, type GameDay, gameDaySchema } from './document.ts';
import { withFilesBeside } from './http-config.ts';
import { issuesOf } from './issues.ts';
import { knownFields } from './json-schema.ts';

/** A parsed plan, with its path and checksum. */
export interface Plan {
  day: GameDay;
  path: string;
  text: string;
  /** SHA-256 of the file's bytes, hex. */
  sha256: string;
}

export type PlanReading = { ok: true; plan: Plan } | { ok: false; issues: CleanIssue[] };

/** Parses a GameDay document strictly. Reports everything that is wrong, in the order of the document. */
export function readPlan(text: string, path: string): PlanReading {
  const lines = new LineCounter();
  const documents = [...parseAllDocuments(text, { lineCounter: lines, logLevel: 'error', prettyErrors: false })];
  const full = documents.filter(one => one.errors.length > 0 || one.contents !== null);
  const [document] = full;
  if (document === undefined)
    return failed([{ path: '', message: `expected a ${GAME_DAY_KIND}, found an empty document` }]);
  if (full.length > 1) return failed([{ path: '', message: `expected one document, found ${full.length}` }]);
  const [error] = document.errors;
  if (error !== undefined)
    return failed([
      { path: '', message: `not YAML: ${sanitise(error.message, 200)}`, line: lines.linePos(error.pos[0]).line },
    ]);
  return checked(document, { text, path, lines });
}

const failed = (issues: Issue[]): PlanReading => ({ ok: false, issues: issues.map(cleanIssue) });

function checked(
  document: Document,
  { text, path, lines }: { text: string; path: string; lines: LineCounter },
): PlanReading {
  const value = plain(document);
  if (typeof value === 'string') return failed([{ path: '', message: value }]);
  const kind = (value.of as { kind?: unknown } | null)?.kind;
  if (kind !== undefined && kind !== GAME_DAY_KIND)
    return failed([{ path: 'kind', message: `expected ${GAME_DAY_KIND}, found ${sanitise(String(kind), 64)}` }]);
  const result = gameDaySchema.safeParse(value.of);
  if (result.success) {
    const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
    return { ok: true, plan: { day: withFilesBeside(result.data, dirname(path)), path, text, sha256 } };
  }
  const issues = issuesOf(result.error.issues, value.of, knownFields);
  return failed(issues.map(issue => withLine(issue, document, lines)));
}

/** The values of a document, or a text that says why they cannot be read, such as too many YAML aliases. */
function plain(document: Document): { of: unknown } | string {
  try {
    return { of: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    return `expected a plan that can be read, found: ${sanitise((error as Error).message, 200)}`;
  }
}

/** Adds the line number of the deepest part of the path that exists in the document. */
function withLine(issue: Issue, document: Document, lines: LineCounter): Issue {
  const steps = issue.path.match(/[^.[\]"]+/g) ?? [];
  let line: number | undefined;
  let node: unknown = document.contents;
  for (const step of steps) {
    const pair = isMap(node) ? node.items.find(item => String(item.key) === step) : undefined;
    node = isSeq(node) ? node.items[Number(step)] : pair?.value;
    const range = ((pair?.key ?? node) as { range?: [number, number, number] } | undefined)?.range;
    if (range === undefined) break;
    line = lines.linePos(range[0]).line;
  }
  return line === undefined ? issue : { ...issue, line };
}
