import { describe, expect, it } from 'vitest';
import {
  type BackupFormat,
  backupOf,
  backupRef,
  backupText,
  originalIn,
} from '../../../src/injection/record/backup-format.ts';
import { fingerprint } from '../../../src/injection/record/envelope.ts';
import { leaseBackupName, resourceBackupName, secretBackupName } from '../../../src/injection/record/markers.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { testFacts } from '../../support/facts.ts';
import { inShop } from '../../support/objects.ts';
import { recorded } from '../../support/recorded.ts';

const SECRET: BackupFormat = {
  type: 'SecretDeletion',
  keeps: { apiVersion: 'v1', kind: 'Secret' },
  backupKind: 'Secret',
  key: 'secret-backup',
  backupName: ({ name }) => secretBackupName(name),
};
const LEASE: BackupFormat = {
  type: 'LeaderElectionDisrupt',
  keeps: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease' },
  backupKind: 'ConfigMap',
  key: 'lease-backup',
  backupName: ({ name }) => leaseBackupName(name),
};
const RESOURCE: BackupFormat = {
  type: 'ResourceDeletion',
  backupKind: 'Secret',
  key: 'resource-backup',
  backupName: ({ kind, name }) => resourceBackupName(kind, name),
};

function storedText(format: BackupFormat, backup: KubeObject): string {
  const text = (backup.data as Record<string, string>)[format.key] ?? '';
  return format.backupKind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

describe.each([
  ['secret-deletion', SECRET],
  ['leader-election', LEASE],
  ['resource-deletion', RESOURCE],
])('the framework’s backup of %s', (name, format) => {
  const [backup] = recorded(name, 'injected') as [KubeObject];

  it('is read', () => {
    const kept = originalIn(format, backup);
    expect(kept).toMatchObject({ kind: expect.any(String), metadata: { namespace: 'shop' } });
  });

  it('would be written by us with the same bytes', () => {
    expect(backupText(format, originalIn(format, backup) as KubeObject)).toBe(storedText(format, backup));
    const ref = backupRef(format, {
      ...(originalIn(format, backup) as KubeObject),
      ...(originalIn(format, backup) as KubeObject).metadata,
    });
    expect(ref.name).toBe(backup.metadata.name);
  });
});

describe('a backup that is not to be trusted', () => {
  const token = inShop('v1', 'Secret', 'token', { data: { a: 'Yg==' }, type: 'Opaque' });
  const ref = backupRef(SECRET, { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'token' });
  const backup = backupOf(SECRET, ref, backupText(SECRET, token), testFacts());
  const holding = (text: string, more: Partial<KubeObject> = {}): KubeObject => {
    const { annotations: _facts, ...metadata } = backup.metadata;
    return { ...backup, metadata, data: { 'secret-backup': Buffer.from(text).toString('base64') }, ...more };
  };

  it('is whole: read back it is what was kept', () => {
    expect(originalIn(SECRET, backup)).toEqual(token);
    expect(JSON.parse(backup.metadata.annotations?.['chaos.operatorchaos.io/mayday'] ?? '')).toMatchObject({
      injected: fingerprint(backupText(SECRET, token), true),
    });
  });

  it.each([
    ['holds nothing', { ...backup, data: {} }, /holds no secret-backup/],
    [
      'was changed since',
      { ...backup, data: { 'secret-backup': 'e30=' } },
      /was changed after the injection stored it/,
    ],
    ['is no JSON', holding('{'), /holds no Kubernetes object/],
    ['holds a list', holding('[]'), /holds no Kubernetes object/],
    [
      'holds another name',
      holding('{"metadata":{"name":"admin","namespace":"shop"}}'),
      /would be named chaos-backup-secret-admin/,
    ],
    [
      'holds another namespace',
      holding('{"metadata":{"name":"token","namespace":"kube-system"}}'),
      /of namespace kube-system/,
    ],
    [
      'holds another kind',
      holding('{"kind":"ClusterRole","apiVersion":"v1","metadata":{"name":"token"}}'),
      /expected a Secret/,
    ],
    ['is of another kind itself', { ...backup, kind: 'ConfigMap' }, /keeps its originals in a Secret/],
  ])('RES-8: one that %s', (_what, changed, why) => {
    expect(originalIn(SECRET, changed as KubeObject)).toMatch(why);
  });

  it('RES-8: a resource backup whose object is of a kind that its name does not say', () => {
    const object = inShop('v1', 'Secret', 'web', { data: {} });
    const of = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' };
    const changed = backupOf(RESOURCE, backupRef(RESOURCE, of), backupText(RESOURCE, object), testFacts());
    expect(originalIn(RESOURCE, changed)).toMatch(/holds Secret web/);
  });
});
