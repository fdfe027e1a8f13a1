import type { Node } from 'yaml';
import { type CleanIssue, cleanIssue, type Issue } from '../../text/issue.ts';
import { decode } from './decode.ts';
import { type Expected, openDocument } from './document.ts';
import type { Shape } from './shape.ts';

/** The framework's cap of a document, and ours, in bytes. */
export const MAX_BYTES = 1024 * 1024;

/** A document that is YAML: its value as far as it fits its shape, and what does not fit. */
interface StrictDocument {
  ok: true;
  value: unknown;
  root: Node;
  issues: Issue[];
  /** An issue with the line of the nearest part of its path that stands in the document. */
  placed(issue: Issue): CleanIssue;
}

export type StrictReading = StrictDocument | { ok: false; issue: CleanIssue };

/** Reads the one document of a text as `shape`, as strict as the framework's loader. */
export function readStrict(source: string, shape: Shape, what: Expected): StrictReading {
  const problem = tooLarge(source);
  if (problem !== undefined) return { ok: false, issue: cleanIssue({ path: '', message: problem }) };
  const opened = openDocument(source, what);
  if (!opened.ok) {
    const { message, offset } = opened;
    return { ok: false, issue: cleanIssue({ path: '', message, line: lineAt(source, offset) }) };
  }
  const { value, issues, offsets } = decode(opened.document, opened.root, shape);
  const placed = (issue: Issue): CleanIssue => cleanIssue(withLine(issue, source, offsets));
  return { ok: true, value, root: opened.root, issues, placed };
}

function tooLarge(source: string): string | undefined {
  if (source.length <= MAX_BYTES / 3) return undefined;
  const size = Buffer.byteLength(source, 'utf8');
  return size > MAX_BYTES ? `expected at most 1 MiB, found ${(size / MAX_BYTES).toFixed(1)} MiB` : undefined;
}

function withLine(issue: Issue, source: string, offsets: ReadonlyMap<string, number>): Issue {
  let path = issue.path;
  for (;;) {
    const offset = offsets.get(path);
    if (offset !== undefined && path !== '') return { ...issue, line: lineAt(source, offset) };
    const cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
    if (cut <= 0) return issue;
    path = path.slice(0, cut);
  }
}

function lineAt(source: string, offset: number): number {
  let line = 1;
  for (let at = source.indexOf('\n'); at >= 0 && at < offset; at = source.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Whether an issue at `path` would only repeat that the part at `broken` could not be read. */
export function covers(broken: string, path: string): boolean {
  return path === broken || path.startsWith(`${broken}.`) || path.startsWith(`${broken}[`);
}
