import { readFileSync } from 'node:fs';
import { faultFolders } from './folders.ts';

/** docs/faults.md: what each injection type does, from the README of its folder. */
export function faultsMarkdown(root: URL): string {
  const parts = faultFolders(root).map(folder => {
    const text = readFileSync(new URL(`src/faults/${folder}/README.md`, root), 'utf8').trim();
    const [title = '', ...rest] = text.split('\n');
    // The last paragraph names files, which only those who read the source want.
    const body = rest.join('\n').trim().split('\n\n').slice(0, -1).join('\n\n');
    return { name: title.replace(/^# /, ''), body };
  });
  return [
    '# Fault catalogue',
    '',
    'Every injection type, with what it does, how dangerous it is, where its undo record lies, when its effect counts as proven, and how the',
    'original comes back. `mayday plan FILE` shows all of it for one experiment, on your cluster, before anything is written.',
    '',
    ...parts.map(({ name }) => `- [${name}](#${name.toLowerCase()})`),
    ...parts.flatMap(({ name, body }) => ['', `## ${name}`, '', body]),
    '',
  ].join('\n');
}
