import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { batchedAppends, filesUnder } from '../../src/host/files.ts';
import { isAlive, processStart } from '../../src/host/process.ts';
import type { JournalRecord } from '../../src/injection/write/journal.ts';
import type { ObjectRef } from '../../src/k8s/object.ts';
import { type Entry, journalPath, openJournal, type RunHeader, readEntries } from '../../src/records/journal.ts';
import { isRunId, makeRunId } from '../../src/records/run-id.ts';
import { guardianWork, journals, leftWritten, unfinished } from '../../src/records/unfinished.ts';

const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
const header = (run: string, more: Partial<RunHeader> = {}): RunHeader => ({
  run,
  startedAt: 0,
  pid: 4242,
  host: 'laptop',
  version: '0.1.0',
  context: 'prod',
  server: 'https://prod',
  user: 'alice',
  clusterUid: 'cluster-1',
  experiment: { name: 'x', path: 'x.yaml', sha256: 'f'.repeat(64), type: 'ConfigDrift' },
  ...more,
});
const RUN = '20261121-120000000-000001';
const intent = (on: ObjectRef = config): JournalRecord => ({
  at: 1,
  id: 'i',
  purpose: 'inject',
  step: 0,
  of: 1,
  record: 'intent',
  write: { verb: 'patch', on, patchType: 'json', body: [{ value: 'c2VjcmV0' }], precondition: {}, says: 'set it' },
});
const result = (outcome: 'applied' | 'failed' | 'conflict', on: ObjectRef = config) =>
  ({ at: 2, id: 'i', purpose: 'inject', step: 0, of: 1, record: 'result', outcome, on, message: '' }) as const;
const receipt = (verified: boolean) => ({
  id: 'ConfigDrift:shop/ConfigMap/settings',
  type: 'ConfigDrift' as const,
  object: config,
  outcome: verified ? ('reverted' as const) : ('failed' as const),
  verified,
  requests: 3,
  ms: 1,
  message: '',
});

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'mayday-journal-'));
});
afterEach(() => rm(stateDir, { recursive: true }));

const sweep = async (alive = false) => {
  const { read } = await journals(filesUnder(stateDir), stateDir, { clusterUid: 'cluster-1', host: 'laptop' });
  return unfinished(read, () => alive);
};

describe('a journal', () => {
  test('is private, one object a line, and keeps no body of a write', async () => {
    const journal = await openJournal(filesUnder(stateDir), stateDir, header(RUN));
    await journal.append(intent());
    await journal.append(result('applied'));
    await journal.close();
    const path = journalPath(stateDir, RUN);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('c2VjcmV0');
    expect(readEntries(text).entries.map(entry => entry.entry)).toEqual(['begin', 'intent', 'result']);
  });

  test.each([
    ['a receipt that compared', [receipt(true)], true],
    ['a receipt that compared nothing', [{ ...receipt(true), outcome: 'stripped' as const }], false],
    ['no receipt', [], false],
  ])(
    'that a guardian ended with %s says that originals were compared: only with one',
    async (_, receipts, isCompared) => {
      const journal = await openJournal(filesUnder(stateDir), stateDir, header(RUN));
      for (const each of receipts) await journal.reverted(each);
      await journal.endByGuardian({ at: 1, residue: 0 });
      await journal.close();
      const here = { clusterUid: 'cluster-1', host: 'laptop' };
      expect(await guardianWork(filesUnder(stateDir), stateDir, here)).toMatchObject([{ run: RUN, isCompared }]);
    },
  );

  test('keeps the order in which it was told, also when nobody waits', async () => {
    const journal = await openJournal(filesUnder(stateDir), stateDir, header(RUN));
    await Promise.all([...Array(20).keys()].map(step => journal.append({ ...result('applied'), step })));
    await journal.close();
    const { entries } = readEntries(await readFile(journalPath(stateDir, RUN), 'utf8'));
    expect(entries.slice(1).map(entry => 'step' in entry && entry.step)).toEqual([...Array(20).keys()]);
  });

  test('that was torn at any byte gives back every whole record before the tear', () => {
    const whole: Entry[] = [
      { entry: 'begin', ...header(RUN) },
      {
        entry: 'intent',
        at: 1,
        id: 'i',
        purpose: 'inject',
        step: 0,
        of: 1,
        write: { verb: 'patch', on: config, says: 'sét ☃' },
      },
      { entry: 'result', at: 2, id: 'i', purpose: 'inject', step: 0, outcome: 'applied', on: config, message: '' },
      { entry: 'end', verdict: 'Resilient', residue: 0 },
    ];
    const lines = whole.map(entry => `${JSON.stringify(entry)}\n`);
    const bytes = Buffer.from(lines.join(''), 'utf8');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length }), cut => {
        const { entries, broken } = readEntries(bytes.subarray(0, cut).toString('utf8'));
        let complete = 0;
        for (let size = 0; complete < lines.length; complete += 1) {
          size += Buffer.byteLength(lines[complete] ?? '');
          // The newline is the last byte of a record, which is whole without it.
          if (size - 1 > cut) break;
        }
        expect(entries).toEqual(whole.slice(0, complete));
        expect(broken).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('reports a broken line in its middle and reads on', () => {
    const { entries, broken } = readEntries(
      `${JSON.stringify({ entry: 'begin' })}\n{"entry":\nnull\n${JSON.stringify({ entry: 'end' })}\n`,
    );
    expect(entries.map(entry => entry.entry)).toEqual(['begin', 'end']);
    expect(broken).toEqual([2, 3]);
  });
});

describe('what a run left', () => {
  test.each([
    ['a write that was announced may have landed', [intent()], [config]],
    ['a write that was confirmed has', [intent(), result('applied')], [config]],
    ['a write that the server refused has not', [intent(), result('failed')], []],
    ['nothing was announced', [], []],
  ])('%s', async (_, records, expected) => {
    const journal = await openJournal(filesUnder(stateDir), stateDir, header(RUN));
    for (const record of records) await journal.append(record);
    await journal.close();
    expect(await sweep()).toMatchObject([{ run: RUN, type: 'ConfigDrift', written: expected }]);
  });

  test('a verified receipt closes it, an unverified one does not', async () => {
    const entries = readEntries(
      `${JSON.stringify({ entry: 'intent', purpose: 'inject', write: { on: config } })}\n${JSON.stringify({ entry: 'receipt', receipt: receipt(false) })}\n`,
    ).entries;
    expect(leftWritten(entries)).toEqual([config]);
    expect(leftWritten([...entries, { entry: 'receipt', receipt: receipt(true) }])).toEqual([]);
  });
});

describe('the sweep', () => {
  const died = async (more: Partial<RunHeader> = {}, run = RUN) => {
    const journal = await openJournal(filesUnder(stateDir), stateDir, header(run, more));
    await journal.append(intent());
    return journal;
  };

  test('leaves out runs that live, ended, are of another cluster or another machine', async () => {
    await (await died()).close();
    expect(await sweep(true)).toEqual([]);
    await (await died({ clusterUid: 'cluster-2' }, '20261121-120000000-000002')).close();
    await (await died({ host: 'other' }, '20261121-120000000-000003')).close();
    const ended = await died({}, '20261121-120000000-000004');
    await ended.end({ verdict: 'Resilient', residue: 0 });
    await ended.close();
    expect((await sweep()).map(one => one.run)).toEqual([RUN]);
  });

  test('does not forget a run that ended with residue', async () => {
    const journal = await died();
    await journal.end({ verdict: 'Inconclusive', residue: 1 });
    await journal.close();
    expect(await sweep()).toMatchObject([{ written: [config] }]);
  });

  test('finds nothing where there is no folder, and passes over what is no run', async () => {
    expect(await sweep()).toEqual([]);
    await filesUnder(stateDir).write(join(stateDir, 'runs', 'notes.txt'), 'x');
    expect(await sweep()).toEqual([]);
  });
});

describe('a process', () => {
  test('is alive while it is the one that started then', () => {
    const start = processStart(process.pid);
    expect(isAlive(process.pid, start)).toBe(true);
    expect(isAlive(process.pid, undefined)).toBe(true);
    if (start !== undefined) expect(isAlive(process.pid, `${start}0`)).toBe(false);
    expect(isAlive(2 ** 30, undefined)).toBe(false);
  });

  test('start time is read behind a command name with spaces and parentheses', () => {
    const fields = Array.from({ length: 20 }, (_, index) => String(index + 3)).join(' ');
    expect(processStart(1, () => `1 (a) b (c)) ${fields}`)).toBe('22');
    expect(
      processStart(1, () => {
        throw new Error('no /proc');
      }),
    ).toBeUndefined();
  });
});

test('run ids sort by time and are safe as folder names', () => {
  const time = fc.integer({ min: 0, max: Date.UTC(2099, 0) });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(time, time, random, random, (a, b, x, y) => {
      const [first, second] = [makeRunId(a, () => x), makeRunId(b, () => y)];
      expect(isRunId(first)).toBe(true);
      if (a !== b) expect(first < second).toBe(a < b);
    }),
  );
  expect(isRunId('../../etc')).toBe(false);
});

describe('what is appended while the disk is busy', () => {
  /** A disk that finishes a write when it is told to. */
  function slowDisk() {
    const writes: string[] = [];
    let finish: (error?: Error) => void = () => undefined;
    const file = batchedAppends(
      text =>
        new Promise((resolve, reject) => {
          writes.push(text);
          finish = error => (error ? reject(error) : resolve());
        }),
      () => Promise.resolve(),
    );
    return { file, writes, finish: (error?: Error) => finish(error) };
  }
  const turn = () => new Promise(resolve => setImmediate(resolve));

  test('goes down together, in order, with the next write', async () => {
    const { file, writes, finish } = slowDisk();
    const done: string[] = [];
    const append = (text: string) => void file.append(text).then(() => done.push(text));
    append('a');
    await turn();
    for (const text of ['b', 'c', 'd']) append(text);
    await turn();
    expect(writes).toEqual(['a']);
    finish();
    await turn();
    expect(done).toEqual(['a']);
    expect(writes).toEqual(['a', 'bcd']);
    finish();
    await turn();
    expect(done).toEqual(['a', 'b', 'c', 'd']);
  });

  test('fails with the write before it: what that tore may be the middle of a record', async () => {
    const { file, writes, finish } = slowDisk();
    const first = file.append('a').catch((error: Error) => error.message);
    await turn();
    const second = file.append('b').catch((error: Error) => error.message);
    finish(new Error('ENOSPC'));
    expect(await Promise.all([first, second])).toEqual(['ENOSPC', 'ENOSPC']);
    expect(writes).toEqual(['a']);
    await file.close();
  });
});
