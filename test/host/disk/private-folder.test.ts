import {
  chmodSync,
  lchownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makePrivate, notPrivate } from '../../../src/host/disk/private-folder.ts';
import { filesUnder } from '../../../src/host/files.ts';
import { openEventLog } from '../../../src/host/log.ts';

afterEach(() => vi.restoreAllMocks());

const place = () => realpathSync(mkdtempSync(join(tmpdir(), 'mayday-private-')));
/** Everything that we made belongs to somebody else from now on. */
const asAnother = () => vi.spyOn(process, 'getuid').mockReturnValue((process.getuid?.() ?? 0) + 12_345);

/** What somebody may do to a state folder `root` before we come, and what is said of it. */
const SPOILT: Record<string, [(root: string) => void, string]> = {
  'is open to others': [root => chmodSync(root, 0o755), 'open to other users: chmod 700 it'],
  'others may write': [root => chmodSync(root, 0o770), 'open to other users: chmod 700 it'],
  'belongs to somebody else': [asAnother, 'belongs to another user'],
  'is a link': [
    root => {
      rmSync(root, { recursive: true });
      symlinkSync(place(), root);
    },
    'found a symbolic link',
  ],
  'is a file': [
    root => {
      rmSync(root, { recursive: true });
      writeFileSync(root, '');
    },
    'found an ordinary file',
  ],
};

describe.each(Object.entries(SPOILT))('a state folder that %s', (_, [spoil, says]) => {
  it('is neither written nor believed', async () => {
    const root = join(place(), 'mayday');
    const run = join(root, 'runs', 'one');
    mkdirSync(run, { recursive: true, mode: 0o700 });
    writeFileSync(join(run, 'journal.jsonl'), 'planted', { mode: 0o600 });
    const files = filesUnder(root);
    expect(await files.read(join(run, 'journal.jsonl'))).toBe('planted');
    spoil(root);
    await expect(files.openAppend(join(run, 'journal.jsonl'))).rejects.toThrow(says);
    await expect(files.write(join(run, 'run.json'), '{}')).rejects.toThrow(says);
    await expect(files.read(join(run, 'journal.jsonl'))).rejects.toThrow(says);
    await expect(files.list(join(root, 'runs'))).rejects.toThrow(says);
  });

  it('is the same as the folder of the runs, or of one run', async () => {
    for (const inner of ['runs', 'runs/one']) {
      const root = join(place(), 'mayday');
      mkdirSync(join(root, inner), { recursive: true, mode: 0o700 });
      spoil(join(root, inner));
      await expect(filesUnder(root).openAppend(join(root, 'runs/one/journal.jsonl'))).rejects.toThrow(says);
      await expect(filesUnder(root).read(join(root, 'runs/one/journal.jsonl'))).rejects.toThrow(says);
      vi.restoreAllMocks();
    }
  });

  it('takes no log', () => {
    const root = join(place(), 'mayday');
    mkdirSync(root, { mode: 0o700 });
    writeFileSync(join(root, 'mayday.log'), 'before', { mode: 0o600 });
    const log = join(realpathSync(root), 'mayday.log');
    spoil(root);
    openEventLog(join(root, 'mayday.log'), root)({ line: 'x' });
    vi.restoreAllMocks();
    if (says.includes('user')) expect(readFileSync(log, 'utf8')).toBe('before');
    else expect(notPrivate(root)).toContain(says);
  });
});

it('links of others on the way in are told, also behind a link of ours; those of ours are followed', () => {
  const far = place();
  mkdirSync(join(far, 'disk'));
  symlinkSync('disk', join(far, 'theirs'));
  const near = place();
  symlinkSync(join(far, 'theirs', '..', 'theirs'), join(near, 'ours'));
  const root = join(near, 'ours', 'mayday');
  expect(makePrivate(root)).toBeUndefined();
  // The links of root count as the system's own.
  if (process.getuid?.() === 0) lchownSync(join(far, 'theirs'), 12_345, 12_345);
  else asAnother();
  expect(notPrivate(root)).toMatch(/(theirs|ours) is a symbolic link of another user: name another folder/);
});

it('links in a circle on the way in are told, and nothing is made', () => {
  const at = place();
  symlinkSync('b', join(at, 'a'));
  symlinkSync('a', join(at, 'b'));
  expect(makePrivate(join(at, 'a', 'mayday'))).toContain('lead in a circle');
});

/** A file in our own folder that is not ours alone: it may have been put there while the folder was open. */
const PLANTED: Record<string, [(path: string) => void, string]> = {
  'is a link': [path => symlinkSync('/etc/hostname', path), 'it is a symbolic link'],
  'others may write': [
    path => {
      writeFileSync(path, 'x');
      chmodSync(path, 0o666);
    },
    'other users may write it',
  ],
  'is a folder': [path => mkdirSync(path), 'found a folder'],
};

it.each(Object.entries(PLANTED))('a journal that %s is not believed, and not written', async (_, [plant, says]) => {
  const root = place();
  plant(join(root, 'journal'));
  await expect(filesUnder(root).read(join(root, 'journal'))).rejects.toThrow(says);
  await expect(filesUnder(root).openAppend(join(root, 'journal'))).rejects.toThrow();
});

it('a journal that is a link is not written through', async () => {
  const root = place();
  const victim = join(place(), 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(root, 'journal'));
  symlinkSync(victim, join(root, 'run.json.new'));
  await expect(filesUnder(root).openAppend(join(root, 'journal'))).rejects.toThrow();
  await expect(filesUnder(root).write(join(root, 'run.json'), '{}')).rejects.toThrow();
  openEventLog(join(root, 'journal'), root)({ line: 'x' });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
});

it('a journal that has a second name elsewhere is still ours', async () => {
  const root = place();
  writeFileSync(join(root, 'journal'), 'x', { mode: 0o600 });
  linkSync(join(root, 'journal'), join(root, 'again'));
  expect(await filesUnder(root).read(join(root, 'journal'))).toBe('x');
});
