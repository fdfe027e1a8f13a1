import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { figureOf } from './figure.ts';
import { judge } from './judge.ts';
import { createNormaliser } from './normal.ts';
import { configMap } from './objects.ts';
import { causesInOrder } from './order.ts';
import { CORE } from './paths.ts';
import { get, post, scenario } from './requests.ts';
import { type Server, startSandboxServer } from './servers.ts';
import { answersTo } from './session.ts';
import type { Answer } from './step.ts';

const answer = (body: unknown, status = 200): Answer => ({ status, headers: {}, body });

const refusal = (...causes: { field: string; message: string }[]) => ({
  kind: 'Status',
  message: `ConfigMap "a" is invalid: [${causes.map(({ field, message }) => `${field}: ${message}`).join(', ')}]`,
  details: { name: 'a', causes },
});
const A = { field: 'data.a', message: 'Required value' };
const B = { field: 'data.b', message: 'Invalid value: "x": too odd, really' };

describe('what counts as a difference', () => {
  test.each([
    ['another status', answer({}, 404), /^status:/],
    ['another value', answer({ metadata: { name: 'b' } }), /^body\.metadata\.name:/],
    ['a member too many', answer({ metadata: { name: 'a' }, more: 1 }), /^body\.more:/],
    ['a member too few', answer({ metadata: {} }), /^body\.metadata\.name:/],
    ['no answer at all', undefined, /did not answer/],
  ])('%s', (_, found, line) => {
    const { differs } = judge('none', 'none', answer({ metadata: { name: 'a' } }), found);
    expect(differs).toHaveLength(1);
    expect(differs[0]).toMatch(line);
  });

  test('a listed difference counts apart, but only where it is listed for', () => {
    const truth = answer({ message: 'one' });
    const listed = judge('create', 'bad-yaml', truth, answer({ message: 'two' }));
    const elsewhere = judge('create', 'get', truth, answer({ message: 'two' }));
    const otherwise = judge('create', 'bad-yaml', truth, answer({ message: 'one' }, 500));
    expect(figureOf([listed, elsewhere, otherwise])).toEqual({
      line: '3 requests: 0 the same, 1 listed, 2 different',
      different: 2,
    });
  });
});

describe('what the real server tells in any order', () => {
  test('causes and the list of them in the message', () => {
    expect(causesInOrder(refusal(A, B))).toEqual(causesInOrder(refusal(B, A)));
  });

  test('but not which causes', () => {
    expect(causesInOrder(refusal(A, B))).not.toEqual(causesInOrder(refusal(A, A)));
    expect(causesInOrder(refusal(A))).toEqual(refusal(A));
  });

  test('nor the order of anything else', () => {
    const normal = (body: unknown) => createNormaliser().normal(get('x', '/'), answer(body)).body;
    expect(normal({ rules: [{ verbs: ['get'] }, { verbs: ['list'] }] })).not.toEqual(
      normal({ rules: [{ verbs: ['list'] }, { verbs: ['get'] }] }),
    );
    expect(normal({ status: { resourceRules: [{ verbs: ['get'] }, { verbs: ['list'] }] } })).toEqual(
      normal({ status: { resourceRules: [{ verbs: ['list'] }, { verbs: ['get'] }] } }),
    );
  });
});

describe('a server that answers wrongly', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startSandboxServer();
  });
  afterAll(() => server.stop());

  test('is found out', async () => {
    const maps = `${CORE}/configmaps`;
    const asked = scenario('lies', [post('create', maps, configMap('a', { a: '1' })), get('get', `${maps}/a`)]);
    const truth = scenario('lies', [post('create', maps, configMap('a', { a: '2' })), get('get', `${maps}/none`)]);
    const [found, expected] = [await answersTo(server.target, asked), await answersTo(server.target, truth)];
    const judged = asked.steps.map(({ name }) =>
      judge('lies', name, expected.answers.get(name), found.answers.get(name)),
    );
    expect(judged.map(({ differs }) => differs.map(line => line.split(':')[0]))).toEqual([['body.data.a'], ['status']]);
    expect(figureOf(judged).different).toBe(2);
  });
});
