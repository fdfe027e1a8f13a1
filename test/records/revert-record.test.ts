import { chmod, mkdir, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { notRecordedLines } from '../../src/cli/not-recorded.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { type Files, filesUnder } from '../../src/host/files.ts';
import type { RevertEntry } from '../../src/records/revert-record.ts';
import { recorded } from '../revert/support/stuck.ts';
import { engineDeps } from '../support/engine.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { wrote } from '../support/objects.ts';

function engineOn(files: Files, stateDir: string, api = fakeApi(recorded('config-drift', 'injected'))) {
  const engine = createEngine(engineDeps({ api, clock: fakeClock(), files, stateDir }));
  return { engine, api };
}

test('a revert keeps who, what, every write and every receipt, in a folder of its own and for its owner alone', async () => {
  const state = await mkdtemp(join(tmpdir(), 'mayday-revert-'));
  const { engine } = engineOn(filesUnder(state), state);
  const { injections } = await engine.scan();
  const { recordPath = '', unkept } = await engine.revert(injections);
  expect(unkept).toBeUndefined();
  const entries = (await readFile(recordPath, 'utf8'))
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as RevertEntry);
  expect(entries.map(({ entry }) => entry)).toEqual([
    'begin',
    'intent',
    'result',
    'intent',
    'result',
    'receipt',
    'end',
  ]);
  expect(entries[0]).toMatchObject({ revert: true, user: 'tester', findings: [{ type: 'ConfigDrift' }] });
  expect(entries[5]).toMatchObject({ receipt: { outcome: 'reverted', verified: true }, final: true });
  expect(entries[6]).toMatchObject({ remaining: 0, blind: 0 });
  // Values may be secret; the cluster holds them.
  expect(JSON.stringify(entries[1])).not.toContain('"body"');
  expect((await stat(recordPath)).mode & 0o777).toBe(0o600);
  expect(await engine.unfinished()).toEqual([]);
});

test('marks that a person had taken off are kept as taken off, and never as a verified value', async () => {
  const state = await mkdtemp(join(tmpdir(), 'mayday-revert-'));
  const { engine, api } = engineOn(filesUnder(state), state);
  const [found] = (await engine.scan()).injections;
  if (found === undefined) throw new Error('the recorded case was not found');
  api.change(found.object, object => {
    object.data = { mode: 'third' };
    object.metadata.managedFields = [wrote('shop-operator', { 'f:data': { 'f:mode': {} } })];
  });
  const { injections } = await engine.scan();
  const { recordPath = '' } = await engine.revert(injections, { stripMarks: true, trust: { everything: 'caller' } });
  const lines = (await readFile(recordPath, 'utf8')).trimEnd().split('\n');
  const receipts = lines.map(line => JSON.parse(line) as RevertEntry).filter(({ entry }) => entry === 'receipt');
  expect(receipts).toMatchObject([{ receipt: { outcome: 'stripped', verified: false, marksOff: true }, final: true }]);
});

test('a disk that refuses stops no revert, and is told', async () => {
  const full: Files = {
    ...filesUnder('/nowhere'),
    openAppend: () => Promise.reject(new Error('ENOSPC: no space left')),
  };
  const { engine, api } = engineOn(full, '/nowhere');
  const { injections } = await engine.scan();
  const result = await engine.revert(injections);
  expect(result).toMatchObject({ remaining: 0, unkept: 'receipts could not be kept: ENOSPC: no space left' });
  expect(api.all()[0]?.data).toMatchObject({ mode: 'live' });
});

test('what could not be seen is kept as unknown, and a dry run keeps nothing', async () => {
  const state = await mkdtemp(join(tmpdir(), 'mayday-revert-'));
  const { engine, api } = engineOn(filesUnder(state), state);
  const { injections } = await engine.scan();
  expect(await engine.revert(injections, { dryRun: true })).not.toHaveProperty('recordPath');
  api.script({ on: ({ verb }) => verb === 'list', times: 1000, answer: failing('forbidden', 'no') });
  const { recordPath = '' } = await engine.revert(injections);
  expect((await readFile(recordPath, 'utf8')).trimEnd().split('\n').at(-1)).toMatch(/"remaining":null/);
});

test('a journal that others may write is told, and what it says is not believed', async () => {
  const state = await mkdtemp(join(tmpdir(), 'mayday-revert-'));
  const run = join(state, 'runs', '20260101-000000000-000000');
  await mkdir(run, { recursive: true, mode: 0o700 });
  await writeFile(join(run, 'journal.jsonl'), '{}\n');
  await chmod(join(run, 'journal.jsonl'), 0o666);
  const { engine } = engineOn(filesUnder(state), state);
  const { injections } = await engine.scan();
  const result = await engine.revert(injections);
  expect(result).toMatchObject({ remaining: 0 });
  expect(notRecordedLines(result)).toEqual([
    `journals of this machine are not trusted: ${join(run, 'journal.jsonl')}: other users may write it: chmod 600 it`,
  ]);
});

test('a folder that is open to others is told once, and a revert goes on without a journal', async () => {
  const state = await mkdtemp(join(tmpdir(), 'mayday-revert-'));
  await chmod(state, 0o777);
  const { engine } = engineOn(filesUnder(state), state);
  const { injections } = await engine.scan();
  const result = await engine.revert(injections);
  expect(result).toMatchObject({ remaining: 0 });
  expect(notRecordedLines(result)).toEqual([
    `receipts could not be kept: ${state} is open to other users: chmod 700 it`,
  ]);
});
