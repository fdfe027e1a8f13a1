import { describe, expect, it } from 'vitest';
import { TYPE_LABEL } from '../../../src/injection/record/markers.ts';
import { broughtBack } from '../../../src/injection/record/record-history.ts';
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
    const doubt = broughtBack(blocked(inShop('v1', 'ConfigMap', 'web'), 'velero'), 'FinalizerBlock', []);
    expect(doubt).toContain('not by who labelled it as injected');
  });

  it.each([
    ['v1', 'Endpoints'],
    ['discovery.k8s.io/v1', 'EndpointSlice'],
    ['v1', 'Pod'],
  ])('is its own where controllers write labels of another object onto the kind: %s %s', (apiVersion, kind) => {
    const object = blocked(inShop(apiVersion, kind, 'web'), 'kube-controller-manager');
    expect(broughtBack(object, 'FinalizerBlock', [])).toBeUndefined();
  });

  it('is in doubt on a custom kind of such a name', () => {
    const object = blocked(inShop('example.com/v1', 'Endpoints', 'web'), 'kube-controller-manager');
    expect(broughtBack(object, 'FinalizerBlock', [])).toBeDefined();
  });
});
