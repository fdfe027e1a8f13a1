import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

/**
 * The median size in bytes of the space for new objects in a fresh process, while many objects are made and kept. Its peaks last only for a
 * moment, and are of any height.
 */
function usualSize(before: string): number {
  const memory = pathToFileURL(join(import.meta.dirname, '../../src/host/memory.ts')).href;
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    const { keepNewSpaceSmall } = await import(${JSON.stringify(memory)});
    const size = () => getHeapSpaceStatistics().find(space => space.space_name === 'new_space').space_size;
    ${before}
    const kept = [];
    const sizes = [];
    for (let round = 0; round < 200; round += 1) {
      for (let each = 0; each < 2_000; each += 1) kept.push({ name: 'pod-' + each, labels: [round, each] });
      sizes.push(size());
    }
    process.stdout.write(String(sizes.sort((a, b) => a - b)[100]));
  `;
  const arguments_ = ['--input-type=module', '-e', script];
  return Number(execFileSync(process.execPath, arguments_, { encoding: 'utf8', timeout: 120_000 }));
}

test('the space for new objects stays small while many are made and kept, where V8 by itself lets it grow', () => {
  expect(usualSize('keepNewSpaceSmall();')).toBeLessThan(usualSize('') / 2);
}, 300_000);
