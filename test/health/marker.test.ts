import { describe, expect, it } from 'vitest';
import { markerOf } from '../../src/health/marker.ts';
import { writeEnvelope } from '../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

const object = (metadata: Partial<KubeObject['metadata']>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'cm', namespace: 'shop', uid: 'u1', ...metadata },
});

const TYPED = { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'ConfigDrift' };

describe('markerOf', () => {
  it('sees nothing on an untouched object', () => {
    expect(markerOf(object({ labels: { app: 'x' }, annotations: { note: 'y' } }))).toBeUndefined();
  });

  it('reads type and tool from the framework’s label', () => {
    expect(markerOf(object({ labels: TYPED }))).toMatchObject({
      type: 'ConfigDrift',
      tool: 'operator-chaos',
      object: { kind: 'ConfigMap', namespace: 'shop', name: 'cm' },
    });
  });

  it('reads who, when and until when from the record inside the undo record', () => {
    const rollback = writeEnvelope(
      {},
      {
        v: 1,
        id: 'i1',
        run: 'r1',
        experiment: 'drift',
        by: 'alice',
        host: 'box',
        at: '2026-11-21T14:00:00Z',
        expires: new Date(1795269900000).toISOString(),
      },
    );
    expect(
      markerOf(object({ labels: TYPED, annotations: { 'chaos.operatorchaos.io/rollback-data': rollback } })),
    ).toMatchObject({
      tool: 'mayday',
      run: 'r1',
      experiment: 'drift',
      by: 'alice',
      host: 'box',
      at: Date.UTC(2026, 10, 21, 14),
      expires: 1795269900000,
    });
  });

  it.each([
    ['original-replicas', 'DeploymentScaleZero'],
    ['corrupt-container-name', 'ImageCorrupt'],
    ['crash-container-name', 'CrashLoopInject'],
    ['rollback-data', 'unknown'],
  ])('knows the unlabelled injection by its annotation %s', (name, type) => {
    expect(markerOf(object({ annotations: { [`chaos.operatorchaos.io/${name}`]: 'x' } }))?.type).toBe(type);
  });

  it('survives an undo record that is not JSON', () => {
    expect(
      markerOf(object({ labels: TYPED, annotations: { 'chaos.operatorchaos.io/rollback-data': '{"data' } })),
    ).toMatchObject({ tool: 'operator-chaos' });
  });

  it('does not take results, locks, or the second trace of a drifted Secret for faults', () => {
    expect(markerOf(object({ name: 'chaos-result-x', labels: TYPED }))).toBeUndefined();
    expect(markerOf(object({ name: 'operator-chaos-lock-kserve', labels: TYPED }))).toBeUndefined();
    expect(
      markerOf(
        object({
          name: 'chaos-rollback-s-k',
          labels: TYPED,
          annotations: { 'chaos.operatorchaos.io/original-secret': 's' },
        }),
      ),
    ).toBeUndefined();
  });
});
