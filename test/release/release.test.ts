import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { krewManifest } from '../../scripts/release/krew.ts';
import { manualPage } from '../../scripts/release/manual.ts';
import { publishedPackage } from '../../scripts/release/npm-package.ts';
import { COMMANDS } from '../../src/cli/commands.ts';

const source = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

it('publishes a package without scripts or libraries of its own, and with a Node.js for those who have an older one', () => {
  const made = publishedPackage(source, '24.0.0');
  expect(made).toMatchObject({ name: 'mayday', bin: { mayday: 'dist/mayday.js' }, exports: { './sandbox': {} } });
  for (const field of ['scripts', 'dependencies', 'devDependencies', 'private', 'allowScripts'])
    expect(made).not.toHaveProperty(field);
  expect(Object.values(made.optionalDependencies as object)).toEqual(['24.0.0', '24.0.0', '24.0.0']);
  expect(made.publishConfig).toEqual({ access: 'public', provenance: true });
  expect(made).not.toHaveProperty('repository');
  const url = 'git+https://github.com/o/mayday.git';
  expect(publishedPackage(source, '24.0.0', url).repository).toEqual({ type: 'git', url });
});

it('has every command and every option in the man page', () => {
  const page = manualPage('1.2.3', '2026-06-01T00:00:00Z').replaceAll('\\-', '-');
  expect(page).toContain('.TH MAYDAY 1 "2026-06-01" "mayday 1.2.3"');
  for (const { usage, options = [] } of COMMANDS.filter(({ hidden }) => !hidden)) {
    expect(page).toContain(`.B mayday ${usage}\n`);
    for (const [flags] of options) expect(page).toContain(`.B ${flags}\n`);
  }
  for (const flags of ['\\-\\-contexts <names>', '\\-n, \\-\\-namespace <name>'])
    expect(manualPage('1.2.3', '2026-06-01T00:00:00Z')).toContain(`.B ${flags}\n`);
  // A line that begins with a dot or a quote would be a request of the formatter.
  expect(page.split('\n').filter(line => /^['.](?!TH|SH|TP|B |I |RS|RE)/.test(line))).toEqual([]);
});

it('writes a krew manifest that is YAML and names the archive by its sum', () => {
  const made = parse(krewManifest({ version: '1.2.3', description: 'x', at: 'https://example.com/v1', sha256: 'ab' }));
  expect(made).toMatchObject({
    kind: 'Plugin',
    spec: {
      version: 'v1.2.3',
      platforms: [{ uri: 'https://example.com/v1/mayday-linux-x64.tar.gz', sha256: 'ab', bin: 'mayday-linux-x64' }],
    },
  });
});
