import { describe, expect, it } from 'vitest';
import { failureOfAnswer, unreachable } from '../../../../src/kube/client/http/failure.ts';
import { statusBody } from '../../misbehaving-server.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const of = (code: number, reason = '', message = 'no', details = {}, retryAfter?: string) =>
  failureOfAnswer(code, statusBody(code, reason, message, details), retryAfter, NOW);

describe('the failure that an answer stands for', () => {
  it.each([
    [404, 'NotFound', 'not-found'],
    [409, 'AlreadyExists', 'already-exists'],
    [409, 'Conflict', 'conflict'],
    [409, '', 'conflict'],
    [403, 'Forbidden', 'forbidden'],
    [401, 'Unauthorized', 'unauthorized'],
    [410, 'Gone', 'gone'],
    [410, 'Expired', 'gone'],
    [429, 'TooManyRequests', 'throttled'],
    [422, 'Invalid', 'invalid'],
    [400, 'BadRequest', 'invalid'],
    [415, 'UnsupportedMediaType', 'invalid'],
    [500, 'InternalError', 'server-error'],
    [503, 'ServiceUnavailable', 'server-error'],
    [504, 'Timeout', 'server-error'],
    [400, 'constructor', 'invalid'],
  ])('%i %s is %s', (code, reason, expected) =>
    expect(of(code, reason)).toMatchObject({ ok: false, status: code, reason: expected }),
  );

  it('is throttled when a 503 says when to come back', () =>
    expect(of(503, '', 'busy', {}, '2')).toMatchObject({ reason: 'throttled', retryAfterMs: 2000 }));
  it('reads Retry-After as seconds, as a date, and from the details', () => {
    expect(of(429, '', '', {}, '1').retryAfterMs).toBe(1000);
    expect(of(429, '', '', {}, 'Sat, 21 Nov 2026 12:00:07 GMT').retryAfterMs).toBe(7000);
    expect(of(429, '', '', { retryAfterSeconds: 3 }).retryAfterMs).toBe(3000);
    expect(of(429, '', '', {}, 'soon').retryAfterMs).toBeUndefined();
  });

  it('tells who may not do what', () => {
    const inNamespace =
      'secrets is forbidden: User "alice" cannot list resource "secrets" in API group "" in the namespace "ex"';
    expect(of(403, 'Forbidden', inNamespace).denied).toEqual({
      user: 'alice',
      verb: 'list',
      resource: 'secrets',
      namespace: 'ex',
    });
    const everywhere =
      'deployments.apps is forbidden: User "system:serviceaccount:a:b" cannot patch resource "deployments/scale" in API group "apps" at the cluster scope';
    expect(of(403, 'Forbidden', everywhere).denied).toEqual({
      user: 'system:serviceaccount:a:b',
      verb: 'patch',
      resource: 'deployments/scale.apps',
    });
    expect(of(403, 'Forbidden', 'forbidden: User "bob" cannot get path "/metrics"').denied).toEqual({
      user: 'bob',
      verb: 'get',
      resource: '/metrics',
    });
  });
  it('does not invent a denial for a quota or an admission', () =>
    expect(of(403, 'Forbidden', 'configmaps "over" is forbidden: exceeded quota: q')).not.toHaveProperty('denied'));

  it('lists the causes, made safe', () => {
    const details = {
      causes: [{ field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'Invalid value: \x1b[31m-1' }, null],
    };
    expect(of(422, 'Invalid', 'x', details).causes).toEqual([
      { field: 'spec.replicas', reason: 'FieldValueInvalid', message: 'Invalid value: -1' },
      { field: '', reason: '', message: '' },
    ]);
  });

  it.each(['404 page not found\n', '<html>Not Found</html>', { kind: 'Error', code: 404 }, null])(
    'does not take a 404 that is no Status for an object that is not there: %j',
    body => {
      expect(failureOfAnswer(404, body, undefined, NOW)).toMatchObject({ reason: 'invalid', status: 404 });
    },
  );

  it('words what a body that is no Status does not', () => {
    expect(failureOfAnswer(404, '404 page not found\n', undefined, NOW).message).toBe(
      'the server answered 404: 404 page not found',
    );
    expect(
      failureOfAnswer(500, '[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed', undefined, NOW).message,
    ).toBe('the server answered 500: [-]etcd failed: reason withheld');
    expect(failureOfAnswer(502, null, undefined, NOW).message).toBe('the server answered 502 without saying why');
    expect(failureOfAnswer(500, ['x'], undefined, NOW).message).toBe('the server answered 500 without saying why');
  });
  it('makes the message safe and short', () => {
    const hostile = of(500, 'InternalError', `\x1b]0;x\x07a\nb${'y'.repeat(5000)}`).message;
    expect(hostile).toHaveLength(1000);
    expect(hostile.slice(0, 4)).toBe('a⏎by');
  });
});

describe('no answer', () => {
  it.each([
    [Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }), 'connection refused'],
    [
      Object.assign(new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })])),
      'connection refused',
    ],
    [new Error('outer', { cause: Object.assign(new Error('x'), { code: 'ENOTFOUND' }) }), 'no such host'],
    [Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' }), 'its certificate has expired'],
    [
      Object.assign(new Error('x'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
      'its certificate is not trusted by this kubeconfig',
    ],
    [new Error('something\nelse'), 'something⏎else'],
    ['text', 'text'],
  ])('%s', (error, why) =>
    expect(unreachable('https://x:6443', error)).toMatchObject({
      reason: 'unreachable',
      status: 0,
      message: `cannot reach https://x:6443: ${why}`,
    }),
  );
});
