import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { type Fleet, startFleet } from '../../support/fleet.ts';
import { mayday } from '../in-process.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ 'eu-1': 'healthy', 'prod-1': 'stuck-injections' });
});
afterAll(() => fleet.close());

const on = (...words: string[]) => mayday(...words, '--kubeconfig', fleet.kubeconfig, '--config', fleet.config);

describe('a command on many clusters', () => {
  it('asks all side by side; the dead one is counted, and the exit code tells of it', async () => {
    const { stdout, code } = await on('scan', '--all-contexts', '-o', 'json');
    const { clusters, summary } = JSON.parse(stdout);
    expect(clusters.map((one: { context: string; exit: number }) => `${one.context} ${one.exit}`)).toEqual([
      'eu-1 0',
      'prod-1 0',
      'dead 8',
    ]);
    expect(clusters[1].report.injections.length).toBeGreaterThan(20);
    expect(clusters[2].error).toContain('https://127.0.0.1:1');
    expect(summary).toEqual({ total: 3, withoutResult: 1, exit: 8 });
    expect(code).toBe(8);
  });

  it('says what the status of each comes to', async () => {
    const { stdout } = await on('status', '--contexts', 'eu-1,prod-1');
    const table = stdout.slice(stdout.indexOf('CONTEXT'));
    expect(table).toMatch(/eu-1 +0 +nothing found/);
    expect(table).toMatch(/prod-1 +0 +\d+ root causes, first chaos\/.*deployments failing.*injections/);
  });

  it('reverts nothing in a protected one that nobody named', async () => {
    const { stdout, stderr, code } = await on('revert', '--all', '--yes', '--contexts', 'eu-1,prod-1');
    expect(stderr).toContain('not confirmed, and left alone: prod-1');
    expect(stdout).toMatch(/prod-1 +6 +NOT DONE {2}protected: expected its name typed, or --confirm prod-1/);
    expect(stdout).toMatch(/eu-1 +0 +0 remain/);
    expect(code).toBe(6);
    expect((await on('scan', '--context', 'prod-1', '-o', 'json')).stdout).toContain('"state": "injected"');
  });

  it.each([
    [['run', 'x.yaml', '--all-contexts'], 'run takes no --contexts'],
    [['scan', '--contexts', 'eu-1,nowhere'], 'found "nowhere": it has eu-1, prod-1, dead'],
    [['scan', '--contexts', 'eu-1', '--all-contexts'], 'found --contexts and --all-contexts'],
    [['revert', 'id', '--yes', '--all-contexts'], 'an id is of one cluster'],
    [['revert', '--all', '--all-contexts'], 'expected --yes'],
    [['triage', '--watch', '--all-contexts'], 'expected one cluster for --watch'],
    [['scan', '--contexts-file', '/nowhere/at/all'], 'expected a file with the names of contexts'],
    [['--all-contexts'], 'expected a command'],
  ])('refuses %j in one line', async (words, says) => {
    const { stderr, code } = await on(...words);
    expect(stderr).toContain(says);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(code).toBe(2);
  });
});

it('reverts through two contexts of one cluster one after the other: the second finds only what the first left', async () => {
  const file = parse(readFileSync(fleet.kubeconfig, 'utf8'));
  file.contexts.push({ name: 'same', context: { cluster: 'prod-1', user: 'prod-1' } });
  const kubeconfig = `${fleet.kubeconfig}-same`;
  writeFileSync(kubeconfig, stringify(file));
  const words = ['revert', '--all', '--yes', '--contexts', 'prod-1,same', '--confirm', 'prod-1', '-o', 'json'];
  const { stdout, stderr } = await mayday(...words, '--kubeconfig', kubeconfig, '--config', fleet.config);
  type Receipts = { context: string; report: { receipts: { id: string; verified: boolean }[]; remaining: number } }[];
  const { clusters } = JSON.parse(stdout) as { clusters: Receipts };
  const [first, second] = clusters.toSorted((a, b) => b.report.receipts.length - a.report.receipts.length);
  const left = first?.report.receipts.filter(({ verified }) => !verified).map(({ id }) => id) ?? [];
  expect(first?.report.receipts.length).toBeGreaterThan(20);
  expect(left).toHaveLength(first?.report.remaining ?? -1);
  expect(second?.report.receipts.map(({ id }) => id).toSorted()).toEqual(left.toSorted());
  expect(stderr).toContain(`${second?.context}: mayday: another context reverts in the same cluster`);
}, 60_000);
