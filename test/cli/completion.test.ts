import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SCRIPTS } from '../../src/cli/completion/scripts.ts';
import { mayday } from './in-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'mayday-completion-'));
const kubeconfig = join(folder, 'config');
const context = (name: string) => ({ name, context: { cluster: 'c', user: 'u' } });
writeFileSync(
  kubeconfig,
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    contexts: [context('arn:aws:eks:eu-1:12:cluster/prod'), context('staging'), context('$(touch bad)')],
    clusters: [{ name: 'c', cluster: { server: 'https://a.example' } }],
    users: [{ name: 'u', user: { token: 'abc' } }],
  }),
);

/** What is offered after `line`, whose last word is the one at the cursor, and what the shell does beside. */
async function offered(line: string): Promise<{ values: string[]; beside: string }> {
  const { stdout, code } = await mayday('complete', '--', ...line.split(' '));
  expect(code).toBe(0);
  const lines = stdout.trimEnd().split('\n');
  return { values: lines.slice(0, -1).map(each => each.split('\t')[0] ?? ''), beside: lines.at(-1) ?? '' };
}

afterEach(() => vi.unstubAllEnvs());

describe('what a shell offers at the cursor', () => {
  it('the commands, but not those for programs', async () => {
    const { values } = await offered('');
    expect(values).toEqual(expect.arrayContaining(['run', 'revert', 'triage', 'completion']));
    expect(values).not.toContain('complete');
    expect((await offered('rev')).values).toEqual(['revert']);
  });

  it.each([
    ['latch ', ['on', 'off', 'status']],
    ['gameday re', ['resume', 'report']],
    ['completion ', ['bash', 'zsh', 'fish', 'kubectl']],
    ['scan -o js', ['json', 'jsonl']],
    ['-o y', ['yaml']],
    ['scan -o c', []],
    ['report -o c', ['csv']],
    ['scan --output=m', []],
    ['triage --output=m', ['--output=md']],
    ['scan --output=y', ['--output=yaml']],
    ['--read-only scan --old', ['--older-than']],
    ['scan --typ', ['--type']],
    ['revert --type Config', ['ConfigDrift']],
    ['sandbox stuck', ['stuck-injections']],
    ['scan --sandbox=stuck', ['--sandbox=stuck-injections']],
    ['explain webhook/stal', ['webhook/stale']],
    ['latch on ', []],
    ['scan --older-than ', []],
  ])('after "%s"', async (line, values) => expect((await offered(line)).values).toEqual(values));

  it.each([
    ['run ', ':0'],
    ['run a.yaml b', ':0'],
    ['scan --kubeconfig ', ':0'],
    ['list ', ':16'],
    ['latch ', ':4'],
  ])('after "%s" the shell itself offers files, folders or nothing: %s', async (line, beside) =>
    expect((await offered(line)).beside).toBe(beside),
  );

  it('contexts of the kubeconfig that is named or in the environment; no name that a shell would run', async () => {
    const known = ['arn:aws:eks:eu-1:12:cluster/prod', 'staging'];
    expect((await offered(`--kubeconfig ${kubeconfig} --context `)).values).toEqual(known);
    expect((await offered(`--kubeconfig=${kubeconfig} scan --context st`)).values).toEqual(['staging']);
    vi.stubEnv('KUBECONFIG', kubeconfig);
    expect((await offered('scan --context ')).values).toEqual(known);
    vi.stubEnv('KUBECONFIG', join(folder, 'missing'));
    expect((await offered('scan --context ')).values).toEqual([]);
  });
});

const hasZsh = (process.env.PATH ?? '').split(delimiter).some(path => existsSync(join(path, 'zsh')));

describe.skipIf(!hasZsh)('zsh', () => {
  it('shows a description where there is one, and otherwise the word alone', () => {
    const script = `mayday() { printf 'on\\tinjects nothing more\\noff\\n:4\\n'; }
compdef() { : }
_describe() { printf '%s\\n' "\${(@P)2}"; }
words=(mayday latch '') CURRENT=3
${SCRIPTS.zsh}
_mayday`;
    expect(execFileSync('zsh', ['-f', '-c', script], { encoding: 'utf8' })).toBe('on:injects nothing more\noff\n');
  });
});

describe('bash', () => {
  const program = join(import.meta.dirname, '../../dist/mayday.js');

  /** What bash itself comes to at the end of `line`, with the script loaded. */
  function inBash(line: string): string[] {
    const script = `mayday() { "${process.execPath}" "${program}" "$@"; }
${SCRIPTS.bash}
COMP_LINE='${line}' COMP_POINT=${line.length}
_mayday
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    return execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd: folder, env }).trim().split('\n');
  }

  it.each([
    ['mayday latch o', ['on', 'off']],
    ['mayday scan --sandbox=stuck', ['stuck-injections']],
    ['mayday scan --context arn:aws:eks', ['eks:eu-1:12:cluster/prod']],
    ['mayday run con', ['config']],
  ])('%s', (line, values) => expect(inBash(line)).toEqual(values));

  it('runs nothing of the words that it completes', () => {
    expect(inBash('mayday run $(touch bad) ')).toEqual(['config']);
    expect(readdirSync(folder)).toEqual(['config']);
  });
});
