import { hasInvisible } from './json.ts';
import { type Clean, sanitise } from './sanitise.ts';

/** Something wrong with a document: where, and what was expected and found. */
export interface Issue {
  /** `spec.injection.ttl`; empty for the document as a whole. */
  path: string;
  message: string;
  /** Counted from 1; absent when there is no document, or no line for a missing part. */
  line?: number;
}

/** An issue with sanitised text, which may be shown. */
export interface CleanIssue extends Issue {
  path: Clean;
  message: Clean;
}

export const cleanIssue = ({ path, message, line }: Issue): CleanIssue => ({
  path: sanitise(path, 300),
  message: sanitise(message),
  ...(line === undefined ? {} : { line }),
});

/** The path of a member of `path`, in dots and brackets; members that dots cannot reach are quoted. */
export function at(path: string, member: string | number): string {
  if (typeof member === 'number') return `${path}[${member}]`;
  const isPlain = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(member);
  if (!isPlain) return `${path}[${JSON.stringify(member.length > 60 ? `${member.slice(0, 60)}…` : member)}]`;
  return path === '' ? member : `${path}.${member}`;
}

/** A value quoted for messages: cut, and without control characters. */
export function quoted(value: string): string {
  return `"${sanitise(value, 80)}"${hasInvisible(value) ? ' with characters that cannot be seen' : ''}`;
}

/** The known name nearest to a mistyped one, as ` (did you mean x?)`; empty when none is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = known
    .map(candidate => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const mostEdits = name.length < 4 ? 1 : Math.max(2, Math.floor(name.length / 3));
  return near !== undefined && near.distance <= mostEdits ? ` (did you mean ${near.candidate}?)` : '';
}

function editDistance(a: string, b: string): number {
  if (a.length > 64) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, char] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (char === other ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The expected form of a duration, for messages. */
export const DURATION_HINT = 'a duration such as "90s", "1m30s" or "500ms"';
