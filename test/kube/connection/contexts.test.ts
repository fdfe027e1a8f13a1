import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { contextsReader, type KnownContexts } from '../../../src/kube/connection/contexts.ts';

const text = (server: string, token: string, current: string, certificate = 'QQ=='): string =>
  JSON.stringify({
    kind: 'Config',
    'current-context': current,
    clusters: [
      { name: 'one', cluster: { server } },
      { name: 'two', cluster: { server: 'https://u:p@two:6443' } },
    ],
    users: [{ name: 'alice', user: { token, 'client-certificate-data': certificate } }],
    contexts: [
      { name: 'a', context: { cluster: 'one', user: 'alice' } },
      { name: 'b', context: { cluster: 'two', user: 'alice' } },
    ],
  });
const first = (known: KnownContexts) => (known.ok ? known.contexts[0] : undefined);

test('the contexts of a kubeconfig are read again only when its file changed, and a renewed token is no change', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mayday-contexts-'));
  try {
    const file = join(folder, 'config');
    writeFileSync(file, text('https://one:6443', 'short', 'a'));
    const read = contextsReader(file);
    const before = await read();
    expect(before).toMatchObject({
      ok: true,
      contexts: [
        { name: 'a', server: 'https://one:6443', user: 'alice', isCurrent: true },
        { name: 'b', server: 'https://two:6443', isCurrent: false },
      ],
    });
    expect(JSON.stringify(before)).not.toContain('short');
    expect(await read()).toBe(before);
    writeFileSync(file, text('https://one:6443', 'a longer token', 'a'));
    const renewed = await read();
    expect(renewed).not.toBe(before);
    expect(renewed).toEqual(before);
    writeFileSync(file, text('https://one:6443', 'a longer token', 'a', 'QUFBQQ=='));
    expect(first(await read())?.fingerprint).not.toBe(first(before)?.fingerprint);
    writeFileSync(file, 'kind: Pod\n');
    expect((await read()).ok).toBe(false);
    rmSync(file);
    expect((await read()).ok).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
