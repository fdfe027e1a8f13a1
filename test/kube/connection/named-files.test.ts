import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../../src/kube/connection/connection.ts';

/** What may stand where a kubeconfig names a file, and what is said of it. */
const NO_FILES: Record<string, [(path: string) => void, string]> = {
  'a pipe': [path => execFileSync('mkfifo', [path]), 'found a pipe'],
  'a device without an end': [path => symlinkSync('/dev/zero', path), 'found a device'],
  'links in a circle': [path => symlinkSync(path, path), 'symbolic links lead in a circle'],
  'a folder': [path => mkdirSync(path), 'found a folder'],
  'a file without an end': [
    path => {
      writeFileSync(path, '');
      truncateSync(path, 17 * 1024 * 1024);
    },
    'expected at most 16 MiB',
  ],
  nothing: [() => undefined, 'there is no file'],
};

const NAMED: Record<string, (path: string) => { cluster?: object; user?: object }> = {
  'the certificate authority': path => ({ cluster: { 'certificate-authority': path } }),
  'the client certificate': path => ({ user: { 'client-certificate': path, 'client-key-data': 'eA==' } }),
  'the client key': path => ({ user: { 'client-key': path } }),
  'the token': path => ({ user: { tokenFile: path } }),
  'the authority of an identity provider': path => ({
    user: { 'auth-provider': { name: 'oidc', config: { 'idp-certificate-authority': path } } },
  }),
};

describe.each(Object.entries(NAMED))('%s that a kubeconfig names', (_, naming) => {
  it.each(Object.entries(NO_FILES))(
    'is not read where it is %s, and that is said at once',
    async (_name, [make, says]) => {
      const path = join(mkdtempSync(join(tmpdir(), 'mayday-named-')), 'file');
      make(path);
      const { cluster, user } = naming(path);
      const text = stringify({
        kind: 'Config',
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1', ...cluster } }],
        users: [{ name: 'u', user: user ?? {} }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      });
      const connected = await connect({ machine: { env: {}, home: '/', read: async () => text } });
      expect(connected).toMatchObject({ ok: false, reason: 'credentials' });
      const message = connected.ok ? '' : connected.message;
      expect(message).toContain(says);
      expect(message).toContain(path);
      expect(message).not.toContain('\n');
    },
  );
});
