import { describe, expect, test } from 'vitest';
import type { KubeObject, ManagedField, ObjectRef } from '../../src/k8s/object.ts';
import { revertRun } from '../../src/revert/run-writes.ts';
import { untraced, writtenByUs } from '../../src/revert/unmarked.ts';
import { RECORD_FIELD, wrote } from '../support/objects.ts';
import { yard } from './support/stuck.ts';

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
    expect(untraced('ConfigDrift', ref, settings([ours]))).toMatchObject({ outcome: 'diverged', verified: false });
  });

  test.each([
    ['somebody wrote the field since', [wrote('kubectl-edit', { 'f:data': { 'f:mode': {} } })]],
    ['nothing but marks was ever ours', [wrote('mayday', { 'f:metadata': RECORD_FIELD })]],
    ['what we wrote is a status', [{ ...ours, subresource: 'status' }]],
    ['the server says nothing of its writers', undefined],
  ] as const)('%s: restored already', (_what, managedFields) => {
    const object = settings(managedFields as ManagedField[] | undefined);
    expect(untraced('ConfigDrift', ref, object)).toMatchObject({ outcome: 'already-restored', verified: true });
  });

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
});
