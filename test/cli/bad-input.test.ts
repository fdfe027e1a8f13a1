import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// The bundle, as users run it; test/support/fresh-bundle.ts sees to it that it is not a stale one.
const PROGRAM = join(import.meta.dirname, '../../dist/mayday.js');
const GOOD = join(import.meta.dirname, '../../experiments/kserve/main-controller-kill.yaml');
const good = readFileSync(GOOD, 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'mayday-bad-'));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const kubeconfig = (server: string, context = 'here') =>
  file(
    `kubeconfig-${server.length}-${context}`,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': context,
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server } }],
      users: [{ name: 'u', user: { token: 'abc' } }],
    }),
  );

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function mayday(...args: string[]): Promise<Ended> {
  const env = {
    ...process.env,
    XDG_STATE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    KUBECONFIG: '',
    HOME: folder,
    CI: 'true',
  };
  return new Promise(resolve => {
    const child = execFile(process.execPath, [PROGRAM, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end();
  });
}

// Nothing listens on port 1.
const dead = kubeconfig('https://127.0.0.1:1');

describe('bad input gets one clear line and its exit code', () => {
  const cases: [what: string, args: string[], code: number, says: RegExp][] = [
    ['a missing file', ['run', '/nowhere.yaml'], 2, /found nothing at \/nowhere\.yaml/],
    ['a folder instead of a file', ['run', folder], 2, /found a folder/],
    ['a file that is not YAML', ['run', file('broken.yaml', 'a: [\n')], 2, /line 2: not YAML/],
    ['an empty file', ['plan', file('empty.yaml', '')], 2, /empty\.yaml: /],
    ['two documents', ['run', file('two.yaml', `${good}---\n${good}`)], 2, /expected one document, found 2/],
    [
      'an unknown field',
      ['run', file('field.yaml', good.replace('  tier: 1', '  tier: 1\n  colour: red'))],
      2,
      /spec\.colour: unknown field/,
    ],
    [
      'a wrong kind',
      ['run', file('kind.yaml', good.replace('kind: ChaosExperiment', 'kind: Pod'))],
      2,
      /expected ChaosExperiment, found "Pod"/,
    ],
    ['a wrong override', ['plan', GOOD, '--set', 'nonsense'], 2, /--set: expected path=value/],
    ['a wrong duration', ['run', GOOD, '--soak', 'soon'], 2, /--soak to be a duration such as 90s/],
    ['an unknown command', ['frob'], 2, /expected a command, found frob; see `mayday --help`/],
    ['a mistyped command', ['rvert', '--all'], 2, /expected a command, found rvert \(did you mean revert\?\)/],
    [
      'an unknown option',
      ['scan', '--frob'],
      2,
      /expected an option of mayday scan, found --frob; see `mayday scan --help`/,
    ],
    ['a mistyped option', ['scan', '--experimnt'], 2, /found --experimnt/],
    ['a mistyped option of all commands', ['scan', '--contxt'], 2, /found --contxt \(did you mean --context\?\)/],
    ['an option without its value', ['latch', 'on', '--why'], 2, /expected a value after --why <text>, found none/],
    ['a missing argument', ['run'], 2, /expected mayday run <files\.\.\.>, found no such argument/],
    ['a missing action', ['latch'], 2, /expected mayday latch <on\|off\|status>, found no such argument/],
    ['one argument too many', ['latch', 'on', 'now'], 2, /expected mayday latch <on\|off\|status>, found now after it/],
    [
      'a value that is not among the choices',
      ['scan', '-o', 'xml'],
      2,
      /expected -o, --output <form> to be one of text, json, yaml, jsonl,.*, found xml/,
    ],
    ['revert of nothing in particular', ['revert'], 2, /expected --all or the ids/],
    ['an unknown scenario', ['sandbox', 'nope'], 2, /expected a scenario of healthy, .*found nope/],
    ['an unknown shell', ['completion', 'csh'], 2, /expected one of bash, zsh, fish, kubectl, found csh/],
    ['a configuration that is not there', ['status', '--config', '/nowhere.yaml'], 2, /expected a configuration file/],
    ['a kubeconfig that is not there', ['scan', '--kubeconfig', '/nowhere'], 8, /\/nowhere does not exist/],
    ['no kubeconfig at all', ['scan'], 8, /no kubeconfig/],
    [
      'an unknown context',
      ['scan', '--kubeconfig', dead, '--context', 'there'],
      2,
      /there is no context there; known: here/,
    ],
    ['a group without a user', ['scan', '--kubeconfig', dead, '--as-group', 'g'], 2, /--as-group needs --as/],
    [
      'a cluster that is not there',
      ['scan', '--kubeconfig', dead],
      8,
      /to answer, found: .*connection refused; nothing was written/,
    ],
    [
      'a cluster that is not there, on revert',
      ['revert', '--all', '--yes', '--kubeconfig', dead],
      8,
      /connection refused/,
    ],
    [
      'a server that is no URL',
      ['status', '--kubeconfig', kubeconfig('not a url')],
      8,
      /the server of here is not an? /,
    ],
  ];

  it.each(cases)('%s', async (_, args, code, says) => {
    const ended = await mayday(...args);
    expect(ended.stderr).toMatch(says);
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(ended.stdout).toBe('');
    expect(ended.code).toBe(code);
  });
});

it('tells every invalid file of a folder and counts them', async () => {
  const ended = await mayday('validate', folder, '-o', 'json');
  const report = JSON.parse(ended.stdout) as {
    summary: { valid: number; invalid: number };
    files: { valid: boolean; errors: unknown[] }[];
  };
  expect(ended.code).toBe(2);
  expect(report.summary.invalid).toBeGreaterThanOrEqual(5);
  expect(report.files.every(one => one.valid === (one.errors.length === 0))).toBe(true);
});
