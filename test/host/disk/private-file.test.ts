import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../../src/host/disk/private-file.ts')).href;
const folder = mkdtempSync(join(tmpdir(), 'mayday-private-'));
const file = join(folder, 'made.yaml');
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes more than this process may, as on a disk that is full, and prints what the system said. */
async function writeTooMuch(replace: boolean): Promise<string> {
  const script = `
    const { writePrivate } = await import(${JSON.stringify(MODULE)});
    try { writePrivate(${JSON.stringify(file)}, 'x'.repeat(100_000), { replace: ${replace} }); console.log('written'); }
    catch (error) { console.log(error.code); }`;
  const limited = 'ulimit -f 1; exec "$0" --input-type=module -e "$1"';
  const { stdout } = await promisify(execFile)('sh', ['-c', limited, process.execPath, script]);
  return stdout.trim();
}

it('leaves no half of a file on a disk that is full, and what was there before stays whole', async () => {
  expect(await writeTooMuch(false)).toBe('EFBIG');
  expect(existsSync(file)).toBe(false);
  writeFileSync(file, 'before');
  expect(await writeTooMuch(true)).toBe('EFBIG');
  expect(readFileSync(file, 'utf8')).toBe('before');
  expect(readdirSync(folder)).toEqual(['made.yaml']);
});
