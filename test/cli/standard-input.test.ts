import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { withStandardInput } from '../../src/cli/standard-input.ts';
import { disk } from '../../src/experiment/files.ts';
import { validatePaths } from '../../src/experiment/report.ts';
import { mayday } from './in-process.ts';

const GOOD = readFileSync(join(import.meta.dirname, '../../experiments/kserve/main-controller-kill.yaml'), 'utf8');

async function* input(...chunks: string[]): AsyncGenerator<string> {
  yield* chunks;
}

const validated = async (...chunks: string[]) =>
  validatePaths(['-'], await withStandardInput(disk, ['-'], input(...chunks)));

describe('validate -', () => {
  it('reads standard input, in however many pieces it comes', async () => {
    const report = await validated(GOOD.slice(0, 100), GOOD.slice(100));
    expect(report).toMatchObject({ files: [{ path: '-', valid: true }], summary: { valid: 1 } });
  });

  it('says what is wrong with it', async () =>
    expect(await validated('kind: Pod\n')).toMatchObject({
      files: [{ path: '-', errors: [{ path: 'kind', message: 'expected ChaosExperiment, found "Pod"' }] }],
    }));

  it('does not read without end', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        read += 1;
        yield '#'.repeat(65_536);
      }
    }
    const report = validatePaths(['-'], await withStandardInput(disk, ['-'], endless()));
    expect(report.files[0]?.errors[0]?.message).toMatch(/expected at most 1 MiB/);
    expect(read).toBe(17);
  });

  it('is left alone where it is not asked for', async () => {
    async function* forbidden(): AsyncGenerator<string> {
      yield* [];
      throw new Error('was read');
    }
    expect(await withStandardInput(disk, ['a.yaml'], forbidden())).toBe(disk);
  });
});

describe.each(['run', 'plan'])('%s -', command => {
  const piped = (text: string) => {
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(Readable.from([Buffer.from(text)]) as typeof process.stdin);
    return mayday(command, '-', '--kubeconfig', '/nowhere/kubeconfig');
  };

  it('says what is wrong with what it was piped', async () => {
    const { stderr, code } = await piped('kind: Pod\n');
    expect(stderr).toContain('-: line 1: kind: expected ChaosExperiment, found "Pod"');
    expect(code).toBe(2);
  });

  it('goes on to the cluster with what is right', async () => {
    const { stderr } = await piped(GOOD);
    expect(stderr).toContain('/nowhere/kubeconfig');
    expect(stderr).not.toContain('expected an experiment file');
  });
});
