import { describe, expect, it } from 'vitest';
import { ORIGINAL_IMAGE_PREFIX, TYPE_LABEL } from '../../../src/injection/record/markers.ts';
import { copiedRecord, whyOutdated } from '../../../src/injection/record/record-history.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { inShop, marked, RECORD_FIELD, withMeta, wrote } from '../../support/objects.ts';

/** Blocked by the framework; `labeller` owns the type label beside the record. */
const blocked = (object: KubeObject, labeller: string): KubeObject =>
  withMeta(marked(object, 'FinalizerBlock', { finalizer: 'a/b' }), {
    managedFields: [
      wrote('operator-chaos', { 'f:metadata': RECORD_FIELD }),
      wrote(labeller, { 'f:metadata': { 'f:labels': { [`f:${TYPE_LABEL}`]: {} } } }),
    ],
  });

describe('a record that somebody else wrote than the type label beside it', () => {
  it('may be of an injection that is over, where only injectors label', () => {
    const doubt = whyOutdated(blocked(inShop('v1', 'ConfigMap', 'web'), 'velero'), 'FinalizerBlock', []);
    expect(doubt).toContain('but another field manager wrote its type label');
  });

  it.each([
    ['v1', 'Endpoints'],
    ['discovery.k8s.io/v1', 'EndpointSlice'],
    ['v1', 'Pod'],
  ])('is its own where controllers write labels of another object onto the kind: %s %s', (apiVersion, kind) => {
    const object = blocked(inShop(apiVersion, kind, 'web'), 'kube-controller-manager');
    expect(whyOutdated(object, 'FinalizerBlock', [])).toBeUndefined();
  });

  it('is in doubt on a custom kind of such a name', () => {
    const object = blocked(inShop('example.com/v1', 'Endpoints', 'web'), 'kube-controller-manager');
    expect(whyOutdated(object, 'FinalizerBlock', [])).toBeDefined();
  });
});

describe('the ReplicaSets of a Deployment', () => {
  const IMAGE = `${ORIGINAL_IMAGE_PREFIX}web`;
  const REVISION = 'deployment.kubernetes.io/revision';
  const deployment = withMeta(inShop('apps/v1', 'Deployment', 'web'), { uid: 'd' });
  const set = (name: string, revision: number, annotations: Record<string, string> = {}, owner = 'd') =>
    withMeta(inShop('apps/v1', 'ReplicaSet', name), {
      annotations: { [REVISION]: String(revision), ...annotations },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: owner, controller: true }],
    });
  const bad = { [IMAGE]: 'shop/web:1' };

  it('keep the record that kubectl rollout undo took off: the newest copy counts, and none of another Deployment', () => {
    const sets = [
      set('good', 3),
      set('old', 1, { [IMAGE]: 'shop/web:0' }),
      set('bad', 2, bad),
      set('other', 9, bad, 'x'),
    ];
    expect(copiedRecord(deployment, 'ImageCorrupt', sets)).toEqual({ set: 'bad', annotations: bad });
    expect(copiedRecord(deployment, 'CrashLoopInject', sets)).toBeUndefined();
  });

  it('tell a record that kubectl rollout undo brought back from one of the injection that is in', () => {
    const carrying = withMeta(deployment, { annotations: bad });
    const doubt = (...sets: KubeObject[]) => whyOutdated(carrying, 'ImageCorrupt', sets);
    expect(doubt(set('good', 1), set('bad', 2, bad))).toBeUndefined();
    expect(doubt(set('bad', 2, bad), set('good', 3))).toContain(
      'a rollback brought the undo record of Deployment shop/web back from ReplicaSet bad',
    );
    const again = { ...bad, 'deployment.kubernetes.io/revision-history': '2' };
    expect(doubt(set('good', 3), set('bad', 4, again))).toContain('its original may be out of date');
  });
});
