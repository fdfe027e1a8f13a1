import { describe, expect, test } from 'vitest';
import type { SteadyStateCheck } from '../../../src/experiment/types.ts';
import { fieldAt, printedAsGo } from '../../../src/k8s/json-path.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Outcome } from '../../../src/kube/client/http/outcome.ts';
import { checkedObject, evaluateCheck, runChecks } from '../../../src/run/observe/checks.ts';
import { combined, podEvidence, rolloutEvidence, servingEvidence } from '../../../src/run/observe/evidence.ts';
import { failing, fakeApi } from '../../support/fake-api.ts';
import { fakeDiscovery } from '../../support/fake-kinds.ts';
import { deployment, pod } from '../support/lab.ts';

const base = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
const available: SteadyStateCheck = { ...base, type: 'conditionTrue', conditionType: 'Available' };
const exists: SteadyStateCheck = { ...base, type: 'resourceExists' };
const field = (fieldPath: string, expectedValue: string): SteadyStateCheck => ({
  ...base,
  type: 'fieldEquals',
  fieldPath,
  expectedValue,
});
const ref = { ...base, namespace: 'shop' };
const ok = (value: KubeObject): Outcome<KubeObject> => ({ ok: true, value, status: 200 });
const withStatus = (status: unknown): KubeObject => ({ ...deployment(), status });
const judge = (check: SteadyStateCheck, got: Outcome<KubeObject>) => evaluateCheck(check, ref, got);

describe('a check', () => {
  test.each([
    ['True', 'pass', 'Available=True'],
    ['False', 'fail', 'Available=False (Why)'],
    ['Unknown', 'fail', 'Available=Unknown (Why)'],
    ['true', 'fail', 'Available=true (Why)'],
  ])('conditionTrue with status %s is %s', (status, state, actual) => {
    expect(
      judge(available, ok(withStatus({ conditions: [{ type: 'Available', status, reason: 'Why' }] }))),
    ).toMatchObject({ state, actual });
  });

  test('conditionTrue takes the first condition of the type, and fails without any', () => {
    const twice = withStatus({
      conditions: [
        { type: 'Available', status: 'False' },
        { type: 'Available', status: 'True' },
      ],
    });
    expect(judge(available, ok(twice)).state).toBe('fail');
    expect(judge(available, ok(withStatus({ conditions: [{ type: 'Progressing', status: 'True' }] }))).actual).toBe(
      'no condition Available',
    );
    expect(judge(available, ok(withStatus(undefined))).actual).toBe('no conditions yet');
  });

  test('resourceExists: not found fails, and what is being deleted does not exist any more', () => {
    expect(judge(exists, ok(deployment())).state).toBe('pass');
    expect(judge(exists, failing('not-found', 'no')).state).toBe('fail');
    const ending = deployment();
    ending.metadata.deletionTimestamp = '2026-11-21T12:00:00Z';
    expect(judge(exists, ok(ending))).toMatchObject({ state: 'fail', actual: 'being deleted' });
  });

  test.each(['forbidden', 'unreachable', 'throttled', 'server-error', 'unauthorized', 'aborted'] as const)(
    '%s is blind, never a failure of the system',
    reason => {
      expect(judge(available, failing(reason, 'no')).state).toBe('blind');
    },
  );

  test.each([
    ['spec.replicas', '1', 'pass'],
    ['spec.replicas', '01', 'fail'],
    ['spec.paused', 'true', 'fail'],
    ['spec.template.metadata.labels', 'map[app:web]', 'pass'],
    ['spec.template.spec.containers.0.image', 'shop/web:1', 'fail'],
  ])('fieldEquals %s = %s: %s', (path, value, state) => {
    expect(judge(field(path, value), ok(deployment())).state).toBe(state);
  });

  test('never shows what is in a Secret', () => {
    const secret: KubeObject = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      data: { password: 'czNjcjN0' },
    };
    const result = evaluateCheck(
      { ...field('data.password', 'd3Jvbmc='), kind: 'Secret' },
      { ...ref, kind: 'Secret' },
      ok(secret),
    );
    expect(result).toMatchObject({ state: 'fail', expected: '(secret)', actual: '(secret)' });
  });

  test('looks in its own namespace, else in the target’s, and in none for cluster-scoped kinds', () => {
    const discovery = fakeDiscovery();
    expect(checkedObject({ ...exists, namespace: 'other' }, 'shop', discovery).namespace).toBe('other');
    expect(checkedObject(exists, 'shop', discovery).namespace).toBe('shop');
    expect(checkedObject({ ...exists, apiVersion: 'v1', kind: 'Namespace' }, 'shop', discovery)).not.toHaveProperty(
      'namespace',
    );
  });

  test('checks of one object share one request', async () => {
    const api = fakeApi([deployment()]);
    const results = await runChecks(api, [available, exists], 'shop', fakeDiscovery());
    expect(results.map(one => one.result.state)).toEqual(['pass', 'pass']);
    expect(api.log).toHaveLength(1);
  });

  test('hostile text from the cluster does not reach the result', () => {
    const evil = withStatus({ conditions: [{ type: 'Available', status: '\u001b[31mTrue\u001b[0m' }] });
    expect(judge(available, ok(evil)).actual).not.toContain('\u001b');
  });
});

describe('values as the framework prints them', () => {
  test.each([
    [3, '3'],
    [1.5, '1.5'],
    [1e21, '1e+21'],
    [0.000001, '1e-06'],
    [true, 'true'],
    [null, '<nil>'],
    [['a', 1], '[a 1]'],
    [{ b: 1, a: [true] }, 'map[a:[true] b:1]'],
  ])('%j is %s', (value, text) => {
    expect(printedAsGo(value)).toBe(text);
  });

  test('paths lead through maps only', () => {
    expect(fieldAt({ a: { b: null } }, 'a.b')).toEqual({ found: true, value: null });
    expect(fieldAt({ a: [1] }, 'a.0')).toEqual({ found: false });
    expect(fieldAt({ data: { 'tls.crt': 'x' } }, 'data.tls.crt')).toEqual({ found: false });
    expect(fieldAt({}, 'constructor.name')).toEqual({ found: false });
  });
});

describe('stricter evidence', () => {
  test('a stale status and too few ready replicas, both of which Available hides', () => {
    const stale = deployment();
    stale.metadata.generation = 2;
    expect(servingEvidence(stale).map(one => one.state)).toEqual(['fail', 'pass']);
    const short = withStatus({ ...(deployment().status as object), readyReplicas: 0 });
    expect(servingEvidence(short).map(one => one.state)).toEqual(['pass', 'fail']);
    expect(combined(servingEvidence(deployment()))).toBe('pass');
  });

  test('a rollout is over when nothing old is left', () => {
    expect(combined(rolloutEvidence(deployment()))).toBe('pass');
    expect(combined(rolloutEvidence(withStatus({ updatedReplicas: 1, replicas: 2 })))).toBe('fail');
  });

  test('as many ready pods as before; a list that failed is blind', () => {
    const before = new Map([['pods', [pod('a'), pod('b')]]]);
    expect(podEvidence(before, new Map([['pods', [pod('c'), pod('d')]]]))).toMatchObject([{ state: 'pass' }]);
    expect(podEvidence(before, new Map([['pods', [pod('c'), pod('d', false)]]]))).toMatchObject([
      { state: 'fail', actual: '1 ready' },
    ]);
    expect(podEvidence(before, new Map([['pods', failing('forbidden', 'no')]]))).toMatchObject([{ state: 'blind' }]);
    expect(podEvidence(before, new Map())).toEqual([]);
  });
});
