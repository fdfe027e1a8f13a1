import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const KEEPING = pathToFileURL(join(import.meta.dirname, '../../src/host/keep-code.ts')).href;

it('imports after an update what was there before it, and nothing that was not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-code-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bundle = pathToFileURL(`${folder}/`).href;
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'screen-ABCD2345.js'), "export { words } from './chunk-ABCD2345.js';");
  writeFileSync(join(folder, 'chunk-ABCD2345.js'), "export const words = 'as it was';");
  writeFileSync(join(folder, 'main.js'), 'export const main = 1;');
  const program = `
    import { rmSync } from 'node:fs';
    const { keepCode } = await import('${KEEPING}');
    const kept = await keepCode(new URL('${bundle}'));
    for (const name of ['screen-ABCD2345.js', 'chunk-ABCD2345.js', 'main.js']) rmSync(new URL(name, '${bundle}'));
    const late = await import('${bundle}screen-ABCD2345.js');
    const gone = await import('${bundle}main.js').catch(error => error.code);
    console.log(JSON.stringify({ kept, words: late.words, gone }));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(JSON.parse(stdout)).toEqual({ kept: 2, words: 'as it was', gone: 'ERR_MODULE_NOT_FOUND' });
});
