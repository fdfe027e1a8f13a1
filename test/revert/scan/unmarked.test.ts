import { describe, expect, test } from 'vitest';
import type { KubeObject, ManagedField, ObjectRef } from '../../../src/k8s/object.ts';
import { leftOfWrites, revertRun } from '../../../src/revert/run-writes.ts';
import { receiptWithoutMarks, writtenByUs } from '../../../src/revert/scan/unmarked.ts';
import { RECORD_FIELD, wrote } from '../../support/objects.ts';
import { yard } from '../support/stuck.ts';

const ref: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
const settings = (managedFields?: ManagedField[], meta = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'shop', name: 'settings', ...(managedFields && { managedFields }), ...meta },
  data: { mode: 'chaos' },
});
const ours = wrote('mayday', { 'f:data': { 'f:mode': {} }, 'f:metadata': RECORD_FIELD });

describe('an object whose marks are gone', () => {
  test('stands as mayday wrote it, by its managedFields: diverged, told which field', () => {
    expect(writtenByUs(settings([ours]))).toEqual(['data.mode']);
    expect(receiptWithoutMarks('ConfigDrift', ref, settings([ours]))).toMatchObject({
      outcome: 'diverged',
      verified: false,
    });
  });

  test.each([
    ['somebody wrote the field since', [wrote('kubectl-edit', { 'f:data': { 'f:mode': {} } })]],
    ['nothing but marks was ever ours', [wrote('mayday', { 'f:metadata': RECORD_FIELD })]],
    ['what we wrote is a status', [{ ...ours, subresource: 'status' }]],
  ] as const)('%s: the fault is gone, and the value is not said to be compared', (_what, managedFields) => {
    const object = settings([...managedFields] as ManagedField[]);
    expect(receiptWithoutMarks('ConfigDrift', ref, object)).toMatchObject({
      outcome: 'stripped',
      verified: true,
      message: expect.stringContaining('its values were not compared'),
    });
  });

  test.each([undefined, []])(
    'the server says nothing of its writers: not known, and not called restored',
    managedFields => {
      expect(receiptWithoutMarks('ConfigDrift', ref, settings(managedFields))).toMatchObject({
        outcome: 'diverged',
        verified: false,
        message: expect.stringContaining('it has no managedFields, so it is not known whether'),
      });
    },
  );

  test('another injection is marked on it: its fields tell nothing of this one', () => {
    const labels = { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'ConfigDrift' };
    const annotations = { 'chaos.operatorchaos.io/rollback-data': '{}' };
    expect(writtenByUs(settings([ours], { labels, annotations }))).toEqual([]);
  });

  test('is not counted as restored by a process that remembers nothing of the original', async () => {
    const it = yard([settings([ours])]);
    const left = await revertRun(it.deps, { type: 'ConfigDrift', written: [ref] });
    expect(left).toMatchObject({ remaining: 1, receipts: [{ outcome: 'diverged', verified: false }] });
    expect(it.records).toEqual([]);
  });

  test('is left of a run that died; what another process made again from a backup, which is gone with that, is not', async () => {
    const token = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'token' };
    const made = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'shop', name: 'token', uid: 'new' } };
    const it = yard([settings([ours]), made]);
    const drifted = await leftOfWrites(it.deps, { type: 'ConfigDrift', written: [ref] });
    expect(drifted).toMatchObject({
      marked: false,
      unmarked: [{ id: 'ConfigDrift:shop/ConfigMap/settings', says: expect.stringContaining('data.mode is still') }],
    });
    const backup = { ...token, name: 'chaos-backup-secret-token' };
    const written = [backup, { ...token, uid: 'old' }];
    expect(await leftOfWrites(it.deps, { type: 'SecretDeletion', written })).toEqual({ marked: false, unmarked: [] });
  });
});
