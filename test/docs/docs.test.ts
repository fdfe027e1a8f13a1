import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../../scripts/docs/generated.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { addGlobalOptions } from '../../src/cli/globals.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = ['*.md', 'docs/**/*.md', 'deploy/**/*.md', 'examples/*/*.md', 'src/**/README.md'].flatMap(pattern =>
  globSync(pattern, { cwd: ROOT }),
);
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('the documents', () => {
  it('that are made from the source are what the source says: `npm run docs` writes them', () => {
    for (const [path, text] of Object.entries(generatedDocs(new URL('../../', import.meta.url))))
      expect(textOf(path), path).toBe(text);
  });

  it.each(FILES)('%s has no dead link', file => {
    const links = [...textOf(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
    const dead = links.filter(link => !/^https?:/.test(link) && !isThere(file, link));
    expect(dead).toEqual([]);
  });

  it.each(FILES)('%s names only commands and options that there are', file => {
    expect(commandsIn(textOf(file)).flatMap(problemOf)).toEqual([]);
  });

  it.each(FILES)('%s names only tests that there are', file => {
    const named = [...textOf(file).matchAll(/`(test\/[\w/.-]+\.test\.tsx?)`/g)].map(([, path = '']) => path);
    expect(named.filter(path => !isThere(file, path) && !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('name a test for every rule of the terminal', () => {
    const rules = textOf('docs/terminal-rules.md')
      .split('\n')
      .filter(row => row.startsWith('| ') && !row.startsWith('| rule |'));
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter(row => !row.includes('`test/'))).toEqual([]);
  });

  it('are found: README links each of them, or docs/README does', () => {
    const linked = ['README.md', 'docs/README.md'].map(textOf).join('\n');
    const guides = FILES.filter(file => /^docs\/[a-z-]+\.md$/.test(file)).map(file => file.slice('docs/'.length));
    expect(guides.length).toBeGreaterThan(5);
    expect(guides.filter(guide => !linked.includes(guide))).toEqual([]);
  });
});

describe('the emergency card', () => {
  const [, table = ''] = /## When it says…\n([\s\S]*?)\n## /.exec(textOf('docs/emergency-card.md')) ?? [];
  const rows = table.split('\n').filter(line => line.startsWith('| `'));
  const quoted = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words);
  const source = globSync('src/{revert,cli,injection}/**/*.ts', { cwd: ROOT }).map(textOf).join('\n');
  // A state of a finding is printed in capitals.
  const isPrinted = (words: string) =>
    source.includes(words) || (/^[A-Z]+$/.test(words) && source.includes(`'${words.toLowerCase()}'`));

  it.each(rows.flatMap(row => quoted(row.split('|')[1] ?? '')))('quotes words that the program prints: %s', words => {
    expect(isPrinted(words)).toBe(true);
  });

  it('tells to type only what there is', () => {
    const told = rows.flatMap(row => quoted(row.split('|').slice(2).join('|')));
    expect(told.length).toBeGreaterThan(3);
    const flags = (COMMANDS.find(({ usage }) => usage.startsWith('revert'))?.options ?? []).flatMap(([text]) => text);
    const problems = told.flatMap(words =>
      words.startsWith('mayday ')
        ? problemOf(words.split(' ').slice(1))
        : flags.some(flag => flag.split(/[ ,]/).includes(words))
          ? []
          : [words],
    );
    expect(problems).toEqual([]);
  });
});

function isThere(file: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? join(ROOT, file) : resolve(ROOT, dirname(file), path);
  if (!existsSync(target)) return false;
  if (anchor === undefined || !target.endsWith('.md')) return true;
  const headings = [...readFileSync(target, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
  return headings.includes(anchor);
}

/** What stands behind `mayday` on the lines of code blocks. */
function commandsIn(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^```(?:sh|bash)?\n([\s\S]*?)^```/gm)].map(([, body = '']) => body);
  return blocks.flatMap(body =>
    [...body.matchAll(/^\s*(?:\$ )?(?:npx |kubectl )?mayday ([a-z-][^\n#|&>]*)/gm)].map(([, words = '']) =>
      words.trim().split(/\s+/),
    ),
  );
}

const EVERYWHERE = new Set([
  ...addGlobalOptions(new Command()).options.map(({ long }) => long),
  ...['--gameday', '--person', '--help', '--version'],
]);
const isGlobal = (option: string): boolean => EVERYWHERE.has(option.split('=')[0]);

function problemOf(words: readonly string[]): string[] {
  const [name = '', ...rest] = words;
  if (name.startsWith('-')) return isGlobal(name) ? [] : [name];
  const command = COMMANDS.find(({ usage }) => usage.split(' ')[0] === name);
  if (!command) return [`mayday ${name}`];
  const known = (command.options ?? []).flatMap(([flags]) => flags.match(/--[a-z-]+/g) ?? []);
  const options = rest.filter(word => word.startsWith('--')).map(word => word.split('=')[0] ?? '');
  return options
    .filter(option => !known.includes(option) && !isGlobal(option))
    .map(option => `mayday ${name} ${option}`);
}
