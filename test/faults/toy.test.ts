import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const TOY = join(import.meta.dirname, 'toy');

/** With the two rows of `toy/add-rows.ts` and nothing else: the folder `toy` is the whole of the type. */
test('a further type is one folder, and a row in the table of types and in the registry', async () => {
  const hooks = ['--import', join(TOY, 'add-rows.ts')];
  const { stdout } = await promisify(execFile)(process.execPath, [...hooks, join(TOY, 'life.ts')]);
  expect(JSON.parse(stdout)).toEqual({
    errors: ['required, and missing', 'unknown parameter of NoteChange (did you mean note?): expected name, note'],
    danger: { usual: 'low', secret: 'the note is secret', cluster: 'its target is cluster-scoped' },
    seen: { note: 'changed', label: 'NoteChange', types: ['NoteChange'] },
    verdict: 'Resilient',
    residue: 0,
    after: 'as it was',
  });
});
