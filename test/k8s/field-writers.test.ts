import { describe, expect, it } from 'vitest';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import { isSentWithObject, isUntouched, writersOf } from '../../src/k8s/field-writers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { inShop, withMeta } from '../support/objects.ts';

const RECORD = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];
const REPLICAS = ['f:spec', 'f:replicas'];
const INJECTED = '2026-11-21T12:00:00Z';
const LATER = '2026-11-21T12:05:00Z';

const entry = (manager: string, fieldsV1: object, more: object = {}) => ({
  manager,
  operation: 'Update',
  time: INJECTED,
  fieldsV1,
  ...more,
});
const record = { 'f:metadata': { 'f:annotations': { [`f:${ROLLBACK_DATA}`]: {} } } };
const injector = (fields: object = {}) => entry('operator-chaos', { ...record, ...fields });
const written = (...managedFields: object[]): KubeObject =>
  withMeta(inShop('apps/v1', 'Deployment', 'web'), { managedFields });
const replicas = { 'f:spec': { 'f:replicas': {} } };

describe('who wrote a field since the record was put on', () => {
  it('is nobody where field and record still belong to one writer', () => {
    expect(isUntouched(written(injector(replicas)), REPLICAS, RECORD)).toBe(true);
  });

  it.each(['kube-controller-manager', 'keda', 'kubectl'])(
    '%s counts although it wrote through the scale subresource',
    manager => {
      const scaled = entry(manager, replicas, { subresource: 'scale' });
      expect(isUntouched(written(injector(), scaled), REPLICAS, RECORD)).toBe(false);
    },
  );

  it('counts where the injector’s own name scaled it, since that was another request', () => {
    const scaled = entry('operator-chaos', replicas, { subresource: 'scale' });
    expect(isUntouched(written(injector(), scaled), REPLICAS, RECORD)).toBe(false);
  });

  it('is not known where no one owns the field, or no one the record: never unchanged', () => {
    expect(isUntouched(written(injector()), REPLICAS, RECORD)).toBe(false);
    expect(isUntouched(written(entry('operator-chaos', replicas)), REPLICAS, RECORD)).toBe(false);
    expect(isUntouched(written(), REPLICAS, RECORD)).toBe(false);
  });

  it('is whoever owns the list or map in one piece that the field is in', () => {
    const piece = { 'f:spec': { 'f:selector': {} } };
    const inside = ['f:spec', 'f:selector', 'f:app'];
    expect(isUntouched(written(injector(piece)), inside, RECORD)).toBe(true);
    expect(isUntouched(written(injector(), entry('helm', piece)), inside, RECORD)).toBe(false);
  });

  it('of a map, is somebody who wrote to it later, not who owned entries of it before', () => {
    const map = ['f:spec', 'f:config'];
    const mine = injector({ 'f:spec': { 'f:config': { 'f:mode': {} } } });
    const theirs = (time: string) => entry('helm', { 'f:spec': { 'f:config': { 'f:other': {} } } }, { time });
    expect(isUntouched(written(mine, theirs(INJECTED)), map, RECORD)).toBe(true);
    expect(isUntouched(written(mine, theirs(LATER)), map, RECORD)).toBe(false);
  });

  it('is told with the subresource that it was written through', () => {
    const scaled = entry('keda', replicas, { subresource: 'scale' });
    expect(writersOf(written(scaled), REPLICAS)).toEqual(['keda/Update/scale']);
  });
});

describe('a record that came with the whole object', () => {
  const EARLIER = '2026-11-21T11:00:00Z';
  const made = (at: string, ...managedFields: object[]): KubeObject =>
    withMeta(written(), { creationTimestamp: at, managedFields });
  const whole = (manager: string) => entry(manager, { ...record, 'f:spec': { 'f:replicas': {}, 'f:template': {} } });

  it('is as old as the object, which one writer sent', () => {
    expect(isSentWithObject(made(INJECTED, whole('kubectl-create')), RECORD)).toBe(true);
    expect(isSentWithObject(made(EARLIER, whole('kubectl-create')), RECORD)).toBe(false);
  });

  it('is told from one that was put in within the second in which another made the object', () => {
    const creator = entry('helm', { 'f:spec': { 'f:template': {} } });
    expect(isSentWithObject(made(INJECTED, creator, injector(replicas)), RECORD)).toBe(false);
  });

  it('also where a controller wrote metadata or status, or anything later', () => {
    const others = [
      entry('gc', { 'f:metadata': { 'f:finalizers': {} } }),
      entry('kcm', { 'f:status': {} }, { subresource: 'status' }),
      entry('hpa', { 'f:spec': { 'f:paused': {} } }, { time: LATER }),
    ];
    expect(isSentWithObject(made(INJECTED, whole('kubectl-create'), ...others), RECORD)).toBe(true);
  });
});
