import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withStandardInput } from '../../src/cli/standard-input.ts';
import { disk } from '../../src/experiment/files.ts';
import { validatePaths } from '../../src/experiment/report.ts';

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
