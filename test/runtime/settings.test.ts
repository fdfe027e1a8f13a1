import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProtected, readConfig } from '../../src/runtime/settings.ts';

const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'mayday-config-')), 'config.yaml');
  writeFileSync(path, text);
  return path;
};

describe('configuration file', () => {
  it('may be absent, unless it was asked for by name', async () => {
    expect(await readConfig('/nowhere/config.yaml', false)).toEqual({
      ok: true,
      config: {
        protected: [],
        readOnly: false,
        ascii: false,
        guardian: 'at-ttl',
        lock: 'on',
        lockNamespace: 'default',
      },
    });
    expect(await readConfig('/nowhere/config.yaml', true)).toEqual({
      ok: false,
      message: 'expected a configuration file, found nothing at /nowhere/config.yaml',
    });
  });

  it('may be empty', async () => {
    expect((await readConfig(file(''), true)).ok).toBe(true);
  });

  it('that is empty says what one that is absent says', async () => {
    expect(await readConfig(file(''), true)).toEqual(await readConfig('/nowhere/config.yaml', false));
  });

  it.each(['off', '"off"', 'false'])('may switch the lock %s', async off => {
    expect(await readConfig(file(`lock: ${off}\n`), true)).toMatchObject({ config: { lock: 'off' } });
  });

  it.each([
    ['protected: prod\n', 'protected'],
    ['colour: always\n', 'colour'],
    ['readOnly: [\n', 'config.yaml'],
  ])('says in one line what is wrong with %j', async (text, named) => {
    const answer = await readConfig(file(text), true);
    expect(answer.ok).toBe(false);
    if (answer.ok) return;
    expect(answer.message).toContain(named);
    expect(answer.message).not.toContain('\n');
  });
});

describe('protected contexts', () => {
  it.each([
    ['prod', ['prod'], true],
    ['prod-eu-1', ['prod-*'], true],
    ['my-prod', ['prod'], false],
    ['a.b', ['a?b'], false],
    ['axb', ['a.b'], false],
    ['anything', ['*'], true],
    ['anything', [], false],
  ] as [string, string[], boolean][])('%s by %j: %s', (context, patterns, expected) => {
    expect(isProtected(context, patterns)).toBe(expected);
  });
});
