import { describe, expect, test } from 'vitest';
import { deadRuns, missingEntriesOf, openSuiteJournal, readSuite, type SuiteHeader } from '../../src/suite/journal.ts';
import { missingEntries, revertDeadRuns, whyNotResumable } from '../../src/suite/resume.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { named, SETTINGS, stage } from './support.ts';

const HEADER: SuiteHeader = {
  suite: 's',
  startedAt: 0,
  pid: 4,
  host: 'laptop',
  version: 'test',
  context: 'lab',
  server: 'https://lab',
  user: 'alice',
  clusterUid: 'cluster-1',
};

const entry = (name: string) => ({
  key: name,
  path: `${name}.yaml`,
  file: `/lab/${name}.yaml`,
  sha256: name,
  experiment: name,
  type: 'PodKill' as const,
  operator: 'o',
  tier: 1,
  round: 1,
});

const DONE = {
  verdict: 'Resilient' as const,
  reasons: [],
  exitCode: 0,
  residue: 0,
  restoredBy: 'controller',
};

/** The journal of a suite of three: one done, one died, one never begun. */
async function journalOfDead(): Promise<string> {
  const files = memoryFiles();
  const journal = await openSuiteJournal(files, '/state', 's');
  await journal.append({
    entry: 'begin',
    v: 1,
    entries: [entry('a'), entry('b'), entry('c')],
    settings: SETTINGS,
    ...HEADER,
  });
  await journal.append({ entry: 'run', key: 'a', run: 'run-a', at: 1 });
  await journal.append({ entry: 'done', key: 'a', at: 2, run: 'run-a', ...DONE });
  await journal.append({ entry: 'run', key: 'b', run: 'run-b', at: 3 });
  return files.store.get('/state/suites/s/journal.jsonl') ?? '';
}

const historyOf = (text: string) => {
  const history = readSuite(text);
  if (!history) throw new Error('expected a suite');
  return history;
};

describe('a suite whose process died', () => {
  test('owes what has no end, and names the run that died', async () => {
    const history = historyOf(await journalOfDead());
    expect(missingEntriesOf(history).map(({ key }) => key)).toEqual(['b', 'c']);
    expect(deadRuns(history)).toEqual(['run-b']);
  });

  test('loses nothing to a last line that was torn', async () => {
    const text = `${await journalOfDead()}{"entry":"done","key":"b","ver`;
    const history = historyOf(text);
    expect(missingEntriesOf(history).map(({ key }) => key)).toEqual(['b', 'c']);
    expect(history.broken).toEqual([]);
  });

  test('runs again what was cut short by an interrupt', async () => {
    const text = await journalOfDead();
    const cut = JSON.stringify({ entry: 'done', key: 'b', at: 4, run: 'run-b', ...DONE, interrupted: 'SIGINT' });
    expect(missingEntriesOf(historyOf(`${text}${cut}\n`)).map(({ key }) => key)).toEqual(['b', 'c']);
  });

  test('goes on with the files as they were, and with no other', async () => {
    const history = historyOf(await journalOfDead());
    const rest = missingEntries(history, ({ experiment }) => named(experiment));
    if (typeof rest === 'string') throw new Error(rest);
    expect(rest.entries.map(({ key }) => key)).toEqual(['b', 'c']);
    expect([...rest.done.keys()]).toEqual(['a']);
    expect(missingEntries(history, ({ experiment }) => ({ ...named(experiment), sha256: 'other' }))).toContain(
      'found it changed',
    );
  });

  test('is not gone on with in another cluster, nor beside a process that still runs it', async () => {
    const history = historyOf(await journalOfDead());
    const here = { clusterUid: 'cluster-1', host: 'laptop', context: 'lab' };
    expect(whyNotResumable(history, { ...here, clusterUid: 'cluster-2' }, () => false)).toContain('found another one');
    expect(whyNotResumable(history, here, () => true)).toContain('process 4 still running');
    expect(whyNotResumable(history, here, () => false)).toBeUndefined();
  });

  test('has what it left in the cluster put back first, and only that', async () => {
    const history = historyOf(await journalOfDead());
    const left = { run: 'run-b', type: 'ConfigDrift', object: { apiVersion: 'v1', kind: 'ConfigMap', name: 'c' } };
    const reverted: unknown[] = [];
    const engine = {
      scan: async () => ({
        injections: [left, { ...left, run: 'somebody-else' }, { ...left, run: undefined }],
        blind: [],
      }),
      revert: async (findings: { type: string; object: object }[]) => {
        reverted.push(...findings);
        return { receipts: findings.map(one => ({ ...one, outcome: 'failed', verified: false })) };
      },
    } as unknown as Parameters<typeof revertDeadRuns>[0];
    const lifted = await revertDeadRuns(engine, history);
    expect(reverted).toEqual([left]);
    expect(lifted).toEqual({
      remaining: 1,
      lines: ['left by a run that died: ConfigDrift on ConfigMap c: failed, NOT verified'],
    });
  });
});

test('a resumed suite runs only what is missing and ends with the whole', async () => {
  const it = stage();
  const done = new Map([['a', { run: 'run-0', ...DONE, verdict: 'Failed' as const, exitCode: 4 }]]);
  const result = await it.go([named('b')], { done });
  expect(it.spans.map(({ name }) => name)).toEqual(['b']);
  expect([...result.done.keys()]).toEqual(['a', 'b']);
  expect(result.exitCode).toBe(4);
});
