import { at, type Issue } from '../text/issue.ts';

/**
 * Issues for texts with a lone surrogate (`"\ud800"` in the file). The framework's loader refuses them too. A server would store another
 * text than the one that was sent, so the injected value could not be told from a later change.
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
