import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadFromJournal } from '../../../src/cli/gameday/load.ts';
import { planTemplate } from '../../../src/gameday/plan/template.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { mayday } from '../in-process.ts';

const DAY = '20261121-120000000-00000d';
let folder: string;
let journal: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mayday-day-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
  journal = join(folder, 'journal.jsonl');
});
afterEach(() => void vi.unstubAllEnvs());

function write(path: string, day: string, pid: number): void {
  const text = planTemplate('autumn', 'Ana', 'schema.json');
  const begin = {
    v: 1,
    at: Date.UTC(2026, 10, 21, 12),
    kind: 'begin',
    day,
    plan: 'autumn',
    objective: 'learn',
    files: [{ path: '/plans/autumn.yaml', sha256: '', text }],
    session: 's1',
    by: { name: 'Ana', role: 'owner' },
    user: 'admin',
    host: hostname(),
    pid,
    version: 'test',
    context: 'lab',
    server: 'https://lab.example',
    clusterUid: 'u',
  };
  writeFileSync(path, `${JSON.stringify(begin)}\n`);
}

test('the second console of a day is told who leads it and what it may do beside', async () => {
  // The process that started this one lives.
  write(journal, DAY, process.ppid);
  const runtime = { host: hostname(), paths: { state: join(folder, 'mayday') } } as Runtime;
  await expect(loadFromJournal(journal, runtime, {} as Api)).rejects.toThrow(
    new RegExp(
      `^expected a day that nobody leads, found Ana \\(owner\\) leading it with process ${process.ppid}: add to it by .mayday gameday note .*${DAY}/journal.jsonl --text …. or .--seen., or end that process first$`,
    ),
  );
  const noted = await mayday('gameday', 'note', journal, '--seen', '--text', 'pager', '--tag', 'alert');
  expect(noted).toMatchObject({ code: 0, stdout: 'noted that you see it, as Ana (owner)\n' });
  const { stdout } = await mayday('-o', 'json', 'gameday', 'report', journal);
  expect(JSON.parse(stdout)).toMatchObject({
    kind: 'mayday-report',
    source: { kind: 'day', id: DAY },
    day: { notes: [{ text: 'pager', tag: 'alert', by: 'Ana' }] },
  });
});

test('resume says of a day that has ended that it has, and asks for nothing', async () => {
  write(journal, DAY, 1);
  const at = Date.UTC(2026, 10, 21, 13);
  const scenario = 'somebody restarts the ingress';
  const by = { name: 'Ana', role: 'owner' };
  const entries = [
    { v: 1, at, kind: 'armed', scenario, by },
    { v: 1, at, kind: 'ended', scenario, end: 'done', why: '' },
  ];
  for (const entry of entries) appendFileSync(journal, `${JSON.stringify(entry)}\n`);
  // Its process died before the end of the day was written: something is left to do.
  expect((await mayday('gameday', 'resume', journal)).stderr).toContain('expected --yes where nobody can be asked');
  const end = { v: 1, at, kind: 'end', exitCode: 0, says: '1 of 1 scenarios done' };
  appendFileSync(journal, `${JSON.stringify(end)}\n`);
  const refused = await mayday('gameday', 'resume', journal);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(
    `expected a day with something left to do, found one that has ended (1 of 1 scenarios done): \`mayday gameday report ${journal}\` prints its report`,
  );
});

test('gameday report writes every form that mayday report does, of one journal or several; other actions refuse both', async () => {
  write(journal, DAY, 1);
  const theirs = join(folder, 'theirs.jsonl');
  write(theirs, DAY, 1);
  await mayday('gameday', 'note', theirs, '--text', 'from afar');
  for (const words of [['gameday', 'report'], ['report']]) {
    const both = await mayday('-o', 'md', ...words, journal, theirs);
    expect(both).toMatchObject({ code: 0, stderr: '' });
    expect(both.stdout).toContain('from afar');
  }
  expect((await mayday('gameday', 'report', journal)).stdout).toContain('game-day autumn\nnothing was run; 0 remain');
  const another = join(folder, 'another.jsonl');
  write(another, '20261120-120000000-00000d', 1);
  const refused = await mayday('gameday', 'report', journal, another);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('found two days') });
  expect(await mayday('gameday', 'note', journal, theirs, '--text', 'x')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('expected one file for gameday note, found 2'),
  });
  expect(await mayday('-o', 'html', 'gameday', 'validate', journal)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('gameday validate writes no HTML'),
  });
});
