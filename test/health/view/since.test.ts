import { describe, expect, test } from 'vitest';
import {
  earliest,
  sinceNotReady,
  sinceOfCondition,
  sinceOfContainer,
  sinceOfDeletion,
  sinceOfEndpoints,
  sinceOfField,
} from '../../../src/health/view/since.ts';
import type { Literal } from '../../support/view.ts';
import { viewOf } from '../../support/view.ts';

const T = (time: string) => Date.parse(`2026-01-01T${time}Z`);
const made = (literal: Literal) => {
  const found = viewOf([literal]).byUid('u');
  if (found === undefined) throw new Error('no such object');
  return found;
};
const pod = (status: object, metadata: object = {}) =>
  made({
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop', uid: 'u', creationTimestamp: '2026-01-01T10:00:00Z', ...metadata },
    status,
  });

describe('since when', () => {
  test('a condition: its transition, else only what was seen of it', () => {
    const dated = pod({ conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T10:05:00Z' }] });
    expect(sinceOfCondition(dated, 'Ready')).toEqual({ at: T('10:05:00'), exact: true });
    expect(sinceOfCondition(dated, 'Other')).toBeUndefined();
    const seen = pod({ conditions: [{ type: 'Ready', status: 'False', lastUpdateTime: '2026-01-01T10:07:00Z' }] });
    expect(sinceOfCondition(seen, 'Ready')).toEqual({ at: T('10:07:00'), exact: false });
  });

  test('a deletion was asked for when its grace period began', () => {
    const ending = pod({}, { deletionTimestamp: '2026-01-01T10:10:30Z', deletionGracePeriodSeconds: 30 });
    expect(sinceOfDeletion(ending)).toEqual({ at: T('10:10:00'), exact: true });
    expect(sinceNotReady(ending)).toEqual({ at: T('10:10:00'), exact: true });
    expect(sinceNotReady(pod({}))).toEqual({ at: T('10:00:00'), exact: true });
  });

  test('a crash loop began some time before the last crash, when there were more', () => {
    const status = (restartCount: number) => ({
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { startedAt: '2026-01-01T10:20:00Z', finishedAt: '2026-01-01T10:20:02Z' } },
    });
    expect(sinceOfContainer(status(1), pod({}))).toEqual({ at: T('10:20:00'), exact: true });
    expect(sinceOfContainer(status(7), pod({}))).toEqual({ at: T('10:20:00'), exact: false });
    const pulling = { restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } };
    expect(sinceOfContainer(pulling, pod({ startTime: '2026-01-01T10:00:01Z' }))).toEqual({
      at: T('10:00:01'),
      exact: true,
    });
  });

  test('endpoints and owned fields are known only from their last change', () => {
    const slice = made({
      kind: 'EndpointSlice',
      metadata: {
        name: 's',
        namespace: 'shop',
        uid: 'u',
        annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T10:30:00Z' },
      },
    });
    expect(sinceOfEndpoints([slice])).toEqual({ at: T('10:30:00'), exact: false });
    expect(sinceOfEndpoints([])).toBeUndefined();
    const managed = [
      { manager: 'kubectl', time: '2026-01-01T10:40:00Z', fieldsV1: { 'f:spec': { 'f:selector': {} } } },
      { manager: 'other', time: '2026-01-01T10:50:00Z', fieldsV1: { 'f:metadata': {} } },
    ];
    expect(sinceOfField(managed, ['spec', 'selector'])).toEqual({ at: T('10:40:00'), exact: false });
    expect(sinceOfField(managed, ['spec', 'ports'])).toBeUndefined();
  });

  test('the earliest of several', () => {
    const early = { at: 1, exact: false };
    expect(earliest({ at: 2, exact: true }, undefined, early)).toBe(early);
    expect(earliest()).toBeUndefined();
  });
});
