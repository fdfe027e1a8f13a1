import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { type Files, filesUnder } from '../../src/host/files.ts';
import { revertExitCode } from '../../src/revert/report.ts';
import { engineDeps } from '../support/engine.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const stateDir = '/nowhere';
const unreadable: Files = {
  ...filesUnder(stateDir),
  list: () => Promise.reject(new Error('permission denied')),
};
const onFiles = (files: Files) => createEngine(engineDeps({ api: fakeApi([]), clock: fakeClock(), files, stateDir }));

test('journals that cannot be read are blind in a revert of everything and in a scan, and never nothing', async () => {
  const engine = onFiles(unreadable);
  const blind = [{ resource: 'runs', reason: expect.stringContaining('permission denied') }];
  expect(await engine.unmarked()).toEqual({ unmarked: [], blind });
  const reverted = await engine.revert([], { everything: true });
  expect(reverted.blind).toEqual(expect.arrayContaining(blind));
  expect(revertExitCode(reverted)).not.toBe(0);
});

test('a revert of chosen injections does not ask the journals', async () => {
  const { blind } = await onFiles(unreadable).revert([], {});
  expect(blind.map(({ resource }) => resource)).not.toContain('runs');
});

test('one journal that cannot be read is blind too, and the others are read', async () => {
  const run = '20260101-000000000-000000';
  const engine = onFiles({
    ...filesUnder(stateDir),
    list: () => Promise.resolve([run]),
    read: () => Promise.reject(new Error('other users may write it')),
  });
  expect(await engine.unmarked()).toEqual({
    unmarked: [],
    blind: [{ resource: 'runs', reason: expect.stringContaining('other users may write it') }],
  });
});

test('a state folder below something that is no folder has no journals', async () => {
  const nowhere = '/dev/null/state/mayday';
  const engine = createEngine(
    engineDeps({ api: fakeApi([]), clock: fakeClock(), files: filesUnder(nowhere), stateDir: nowhere }),
  );
  expect(await engine.unmarked()).toEqual({ unmarked: [], blind: [] });
});
