import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
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
        theme: 'terminal',
        keys: {},
        notify: [],
        clusterEvents: 'on',
        freeze: [],
      },
    });
    expect(await readConfig('/nowhere/config.yaml', true)).toEqual({
      ok: false,
      message: 'expected a configuration file, found nothing at /nowhere/config.yaml',
    });
  });

  it('takes more receivers from a file beside it, and shows nothing of a file that is wrong', async () => {
    const path = file('notify: [{url: "https://a.example"}]\nnotifyFrom: more.yaml\n');
    expect(await readConfig(path, true)).toMatchObject({
      ok: false,
      message: expect.stringMatching(
        /notifyFrom: expected a file with a list of receivers at .*more.yaml, found nothing$/,
      ),
    });
    const more = join(path, '../more.yaml');
    writeFileSync(more, '- {url: "https://b.example", as: slack}\n');
    expect(await readConfig(path, true)).toMatchObject({
      ok: true,
      config: { notify: [{ url: 'https://a.example' }, { url: 'https://b.example', as: 'slack' }] },
    });
    for (const wrong of [
      '- url: s3cret',
      '- [s3cret',
      's3cret: 1',
      '- {url: "https://b.example", headers: [s3cret]}',
    ]) {
      writeFileSync(more, wrong);
      const read = await readConfig(path, true);
      expect(read).toMatchObject({ ok: false, message: expect.stringContaining('not shown, it may hold a secret') });
      expect(JSON.stringify(read)).not.toContain('s3cret');
    }
  });

  it('may choose a theme and keys, and says what it expected', async () => {
    const read = await readConfig(file('theme: night\nkeys: {arm: x, palette: [";", ctrl-g]}\n'), true);
    expect(read).toMatchObject({ config: { theme: 'night', keys: { arm: 'x', palette: [';', 'ctrl-g'] } } });
    expect(await readConfig(file('keys: [x]\n'), true)).toMatchObject({
      ok: false,
      message: expect.stringMatching(/keys: expected a key, or a list of keys, for each command, .*found a list/),
    });
  });

  it('may name times in which nothing is injected, and says what it expected of them', async () => {
    const read = await readConfig(
      file('freeze: [{from: "2026-12-24T00:00:00Z", to: "2026-12-27T00:00:00Z", why: holidays}]\n'),
      true,
    );
    expect(read).toMatchObject({
      config: { freeze: [{ from: Date.UTC(2026, 11, 24), to: Date.UTC(2026, 11, 27), why: 'holidays' }] },
    });
    for (const wrong of [
      '[{from: tomorrow, to: "2026-12-27T00:00:00Z", why: x}]',
      '[{from: "2026-12-27T00:00:00Z", to: "2026-12-24T00:00:00Z", why: x}]',
      '[{until: x}]',
      'holidays',
    ])
      expect(await readConfig(file(`freeze: ${wrong}\n`), true)).toMatchObject({
        ok: false,
        message: expect.stringMatching(/freeze.*: expected .*from, to/),
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

  it.each([
    ['protected: prod\n', 'protected: expected a list of context names, such as [prod-eu, prod-*], found "prod"'],
    ['protected: [prod, 7]\n', 'protected.1: expected a list of context names, such as [prod-eu, prod-*], found 7'],
    ['readOnly: "yes"\n', 'readOnly: expected true or false, found "yes": correct it, or leave it out'],
    ['guardian: later\n', 'guardian: expected at-ttl, at-once or off, found "later"'],
    ['lockNamespace: ""\n', 'lockNamespace: expected the name of a namespace, found ""'],
    ['lock: {}\n', 'lock: expected on or off, found a map'],
    ['- a\n', 'expected a map with any of protected, readOnly'],
    ['colour: always\n', 'found colour: take it out, or correct its spelling'],
    ['readOnly: [\n', 'line 2, column 1: expected a map of settings, found what is no YAML'],
    ['ascii: true\nascii: false\n', 'line 2, column 1: expected a map of settings, found the same setting twice'],
  ])('says of %j what was expected, what was found and what to do', async (text, says) => {
    const answer = await readConfig(file(text), true);
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining(says) });
  });
});

describe('a configuration that cannot be read is never taken for none, since it may say what is protected', () => {
  it.each([
    ['a link to itself', (path: string) => symlinkSync(path, path), 'lead in a circle'],
    ['a link that leads nowhere', (path: string) => symlinkSync('/nowhere/at/all', path), 'leads nowhere'],
    ['a folder', (path: string) => void mkdirSync(path), 'found a folder'],
    ['a device', (path: string) => symlinkSync('/dev/zero', path), 'found a device'],
  ])('%s', async (_, make, why) => {
    const path = join(mkdtempSync(join(tmpdir(), 'mayday-config-')), 'config.yaml');
    make(path);
    const answer = await readConfig(path, false);
    expect(answer).toMatchObject({ ok: false, message: expect.stringContaining(why) });
  });

  it('one that this user may not read', async () => {
    // Root may read everything, so the system is asked in the name of somebody else where that can be had.
    const path = file('protected: ["prod"]\n');
    if (process.getuid?.() === 0) {
      process.seteuid?.(65534);
      try {
        expect(await readConfig(path, false)).toMatchObject({ ok: false });
      } finally {
        process.seteuid?.(0);
      }
      return;
    }
    chmodSync(path, 0);
    expect(await readConfig(path, false)).toMatchObject({ ok: false });
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
    ['prod-eu-1-prod', ['prod-*-1-*prod'], true],
    ['aba', ['ab*ba'], false],
    ['abba', ['ab*ba'], true],
    ['axbxc', ['a**b*c'], true],
    ['acb', ['a*b*c'], false],
    ['', ['*'], true],
  ] as [string, string[], boolean][])('%s by %j: %s', (context, patterns, expected) => {
    expect(isProtected(context, patterns)).toBe(expected);
  });

  it('with many stars are matched without trying anything twice', () => {
    const long = 'a'.repeat(200_000);
    expect(isProtected(long, [`${'*a'.repeat(50_000)}*b`])).toBe(false);
    expect(isProtected(`${long}b`, [`${'a*'.repeat(50_000)}b`])).toBe(true);
  });
});
