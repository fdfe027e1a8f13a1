import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FAULT_TYPES } from '../../../src/faults/types.ts';
import type { Pty } from '../../support/pty.ts';
import { makeHome, ROOT } from './home.ts';

const SIZE = { columns: 100, rows: 40 };
const person = makeHome();
const MOST_KEYS = 6;
/** How the heading of a table begins to count when it is filtered. */
const FILTERED = ' of ';

interface Row {
  type: string;
  kind: string;
  /** `namespace/name`, or the beginning of it. */
  name: string;
  keys: string[];
}

/** The table of docs/injecting.md. */
const ROWS: Row[] = readFileSync(join(ROOT, 'docs/injecting.md'), 'utf8')
  .split('\n')
  .flatMap(text => {
    const [, type = '', kind = '', name = '', keys = ''] = /^\| (\w+) \| (\w+) (\S+) \| (`.*`) \|$/.exec(text) ?? [];
    return type === '' ? [] : [{ type, kind, name, keys: [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key) }];
  });

const BYTES: Readonly<Record<string, string>> = { enter: '\r', esc: '\u001b' };
let console_: Pty;

beforeAll(async () => {
  console_ = person.start(['--sandbox'], SIZE);
  await console_.waitFor('data LIVE', 60_000);
  await console_.press('2', 'KINDS');
});

afterAll(async () => {
  await console_.kill();
  person.remove();
});

/** The cursor on an object's row in the table of its kind; these keys are not counted. */
async function onRow({ kind, name }: Row): Promise<void> {
  await console_.press(':', 'GO TO');
  await console_.press(kind, `:${kind}_`);
  await console_.press('\r', /^KINDS/m);
  await console_.press('/', '/_');
  await console_.press(name, `/${name}_`);
  await console_.press('\r', screen => !screen.includes(`/${name}_`) && /▸. \S/.test(screen));
}

/** What is on the screen after each key, so that fingers and not a burst are tried. */
async function press(keys: readonly string[], type: string): Promise<void> {
  let letters = '';
  let entered = 0;
  for (const [at, key] of keys.entries()) {
    console_.send(BYTES[key] ?? key);
    if (at === 0) await console_.waitFor(/INJECT into .* fit/, 30_000);
    else if (key === 'enter') await console_.waitFor(++entered === 1 ? 'enter shows the plan' : / a arms it/, 30_000);
    else {
      letters += key;
      await console_.waitFor(`/${letters}_`);
    }
  }
  await console_.waitFor(new RegExp(`^${type} → .* danger`, 'm'), 30_000);
}

it('has every fault type in its table once', () => {
  expect(ROWS.map(({ type }) => type).sort()).toEqual([...FAULT_TYPES].sort());
});

it.each(ROWS)('$type goes from the row of $kind $name to the plan and is armed in at most six keys', async row => {
  await onRow(row);
  await press(row.keys, row.type);
  await console_.press('a', 'ARMED', 30_000);
  const keys = [...row.keys, 'a'];
  expect(keys.length).toBeLessThanOrEqual(MOST_KEYS);
  process.stdout.write(`${row.type.padEnd(22)} ${keys.join(' ').padEnd(24)} ${row.kind} ${row.name}\n`);
  // Back through the form and the list to the table, whose filter goes last.
  for (const shown of [
    'enter shows the plan',
    /^INJECT into/m,
    /^KINDS/m,
    (screen: string) => !screen.includes(FILTERED),
  ]) {
    await console_.press('\u001b', shown, 30_000);
  }
});
