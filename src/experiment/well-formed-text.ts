import { at, type Issue } from '../text/issue.ts';

/**
 * Texts with half a character in them (`"\ud800"` in the file). The framework's loader refuses them too; a server would keep another text
 * than the one that was sent, so that what was injected could not be told from what somebody changed.
 */
export function malformedTextIssues(value: unknown, path = ''): Issue[] {
  if (typeof value === 'string') return value.isWellFormed() ? [] : [issueAt(path)];
  if (typeof value !== 'object' || value === null) return [];
  const members: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return members.flatMap(([name, member]) => {
    const here = at(path, name);
    return typeof name === 'string' && !name.isWellFormed() ? [issueAt(here)] : malformedTextIssues(member, here);
  });
}

const issueAt = (path: string): Issue => ({
  path,
  message: 'expected whole characters, found half of one (a \\u escape between d800 and dfff without its pair)',
});
