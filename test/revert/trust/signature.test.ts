import { describe, expect, test } from 'vitest';
import type { FaultType } from '../../../src/faults/types.ts';
import { type MaydayFacts, writeEnvelope } from '../../../src/injection/record/envelope.ts';
import { MAYDAY, ROLLBACK_DATA } from '../../../src/injection/record/markers.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { isSigned, recordOn, signatureOf } from '../../../src/revert/trust/signature.ts';

const key = Buffer.alloc(32, 7);
const at = '2026-01-02T03:04:05.000Z';
const OWNER = {
  manager: 'me',
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:data': {} },
};
const facts: MaydayFacts = { v: 1, id: 'i', run: 'r', experiment: 'e', by: 'me', host: 'here', at };

/** A backup as an injection makes it: signed before anybody knows its uid. */
function backup(): KubeObject {
  return sign(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'chaos-backup-secret-token', namespace: 'shop', uid: 'u-1', creationTimestamp: at },
      data: { 'secret-backup': 'e30=' },
    },
    'SecretDeletion',
    '',
  );
}

/** A victim whose record lies on itself, signed for its uid. */
function victim(): KubeObject {
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', uid: 'u-2', creationTimestamp: '2020-01-01T00:00:00Z' },
  };
  const unsigned = withRecord(object, 'fast', facts);
  return withRecord(object, 'fast', { ...facts, sig: signed(unsigned, 'ConfigDrift', 'u-2') });
}

const withRecord = (object: KubeObject, original: string, said: MaydayFacts): KubeObject =>
  annotated(object, ROLLBACK_DATA, writeEnvelope({ key: 'mode', originalValue: original }, said));
const annotated = (object: KubeObject, name: string, text: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { [name]: text } },
});
const withFacts = (object: KubeObject, said: object): KubeObject => annotated(object, MAYDAY, JSON.stringify(said));

function signed(object: KubeObject, type: FaultType, uid: string): string {
  const of = recordOn(object);
  if (of === undefined) throw new Error('no record to sign');
  return signatureOf(key, object, type, of, uid);
}
const sign = (object: KubeObject, type: FaultType, uid: string): KubeObject =>
  withFacts(object, { ...facts, sig: signed(withFacts(object, facts), type, uid) });

const sigOf = (object: KubeObject): string => recordOn(object)?.facts.sig ?? '';
const placed = (object: KubeObject, metadata: Partial<KubeObject['metadata']>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

describe('the signature of a backup', () => {
  test('holds for the backup that was signed', () => {
    expect(isSigned(key, backup(), 'SecretDeletion')).toBe(true);
  });

  const lies: [string, (object: KubeObject) => KubeObject][] = [
    ['copied to another namespace', object => placed(object, { namespace: 'other' })],
    ['copied to another name', object => placed(object, { name: 'chaos-backup-secret-other' })],
    ['made again a day later', object => placed(object, { creationTimestamp: '2026-01-03T03:04:05Z' })],
    ['without a time of creation', object => ({ ...object, metadata: withoutTime(object) })],
    ['with other content', object => ({ ...object, data: { 'secret-backup': 'e319' } })],
    ['with more content', object => ({ ...object, data: { ...(object.data as object), more: 'e30=' } })],
    ['of another kind', object => ({ ...object, kind: 'ConfigMap' })],
    ['with another expiry', object => withFacts(object, { ...facts, expires: at, sig: sigOf(object) })],
    ['by another person', object => withFacts(object, { ...facts, by: 'you', sig: sigOf(object) })],
    ['with no signature', object => withFacts(object, facts)],
    ['with a made-up signature', object => withFacts(object, { ...facts, sig: 'A'.repeat(43) })],
    ['with an empty signature', object => withFacts(object, { ...facts, sig: '' })],
    ['with half of the signature', object => withFacts(object, { ...facts, sig: sigOf(object).slice(0, 20) })],
    ['with a signature that is no text', object => withFacts(object, { ...facts, sig: { length: 43 } })],
  ];
  test.each(lies)('does not hold for one %s', (_, lie) => {
    expect(isSigned(key, lie(backup()), 'SecretDeletion')).toBe(false);
  });

  test('does not hold for another type, nor under another key', () => {
    expect(isSigned(key, backup(), 'ResourceDeletion')).toBe(false);
    expect(isSigned(Buffer.alloc(32, 8), backup(), 'SecretDeletion')).toBe(false);
  });
});

describe('the signature of a record on its victim', () => {
  test('holds for that object, however old it is', () => {
    expect(isSigned(key, victim(), 'ConfigDrift')).toBe(true);
  });

  const sig = sigOf(victim());
  const lies: [string, KubeObject][] = [
    ['an object with another uid', placed(victim(), { uid: 'u-3' })],
    ['an object whose uid is not known', placed(victim(), { uid: '' })],
    ['another original', withRecord(victim(), 'slow', { ...facts, sig })],
    ['another expiry', withRecord(victim(), 'fast', { ...facts, expires: at, sig })],
    ['other former owners', withRecord(victim(), 'fast', { ...facts, owners: [OWNER], sig })],
    ['another group of kinds', { ...victim(), apiVersion: 'example.com/v1' }],
  ];
  test.each(lies)('does not hold for %s', (_, lie) => {
    expect(isSigned(key, lie, 'ConfigDrift')).toBe(false);
  });

  test('does not hold for an object that took it over from a backup', () => {
    const { annotations } = backup().metadata;
    const thief = placed(victim(), { ...(annotations ? { annotations } : {}) });
    expect(isSigned(key, thief, 'SecretDeletion')).toBe(false);
  });
});

function withoutTime({ metadata }: KubeObject): KubeObject['metadata'] {
  const { creationTimestamp: _, ...rest } = metadata;
  return rest;
}
