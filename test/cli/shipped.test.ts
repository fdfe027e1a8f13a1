import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { shippedPath } from '../../src/cli/shipped.ts';
import { mayday } from './in-process.ts';

describe('a path of the documents, where the program was installed and there is no checkout', () => {
  const there = (...present: string[]) => ({
    exists: (path: string) => present.includes(path),
    experiments: '/lib/experiments',
  });
  const kill = 'experiments/kserve/kill.yaml';

  test.each([
    [
      'leads to what comes with the program',
      kill,
      ['/lib/experiments/kserve/kill.yaml'],
      '/lib/experiments/kserve/kill.yaml',
    ],
    ['also as a folder', './experiments', ['/lib/experiments'], '/lib/experiments'],
    ['stays where something is at it', kill, [kill, '/lib/experiments/kserve/kill.yaml'], kill],
    ['stays where the program has none of that name', kill, [], kill],
    [
      'stays where it is not below experiments',
      'kserve/kill.yaml',
      ['/lib/experiments/kserve/kill.yaml'],
      'kserve/kill.yaml',
    ],
    ['never leaves the folder', 'experiments/../../etc/x.yaml', ['/etc/x.yaml'], 'experiments/../../etc/x.yaml'],
  ])('%s', (_, path, present, expected) => {
    expect(shippedPath(path, there(...present))).toBe(expected);
  });
});

describe('in an empty folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'shipped-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('the experiments of the documents are found, and where they were taken from is said', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      const { code, stdout, stderr } = await mayday('validate', 'experiments/kserve/main-controller-kill.yaml');
      expect({ code, stdout }).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('kserve-main-controller-kill'),
      });
      expect(stderr).toContain(
        'nothing is at experiments/kserve/main-controller-kill.yaml here: taking what comes with mayday',
      );
    } finally {
      process.chdir(before);
    }
  });
});
