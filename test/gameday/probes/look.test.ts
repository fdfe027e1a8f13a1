import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probe as probeRules } from '../../../src/gameday/plan/probe-rules.ts';
import { askProbe } from '../../../src/gameday/probes/look.ts';
import type { ProbeWorld } from '../../../src/gameday/probes/probe.ts';
import { fetchText } from '../../../src/host/fetch-text.ts';
import { runProgram } from '../../../src/host/run-program.ts';

let server: Server;
let base = '';
const answers: Record<string, { status?: number; body: string; location?: string }> = {
  '/well': { body: 'all is well' },
  '/ill': { status: 503, body: 'no' },
  '/moved': { status: 302, body: '', location: '/well' },
  '/api/v1/query?query=up': { body: vector(['0.5']) },
  '/api/v1/query?query=each': { body: vector(['0.5', '3']) },
  '/api/v1/query?query=none': { body: vector([]) },
  '/api/v1/query?query=one': { body: '{"status":"success","data":{"resultType":"scalar","result":[1,"0.25"]}}' },
  '/api/v1/query?query=nan': { body: vector(['NaN']) },
  '/api/v1/query?query=wrong%28': {
    status: 400,
    body: '{"status":"error","error":"parse error: unclosed left parenthesis"}',
  },
  '/api/v1/query?query=page': { body: '<html>' },
};

function vector(values: string[]): string {
  const result = values.map(value => ({ metric: {}, value: [1, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    // Anything else never answers.
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200, answer.location === undefined ? {} : { location: answer.location });
    response.end(answer.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const world: ProbeWorld = {
  fetch: fetchText,
  run: runProgram,
  check: async () => ({ state: 'pass', expected: 'exists', actual: 'exists' }),
};
const look = async (rules: object) => {
  const { state, actual } = await askProbe(world, probeRules.parse({ name: 'p', ...rules }));
  return [state, actual];
};
const http = (path: string, rules: object = {}) => look({ http: { url: `${base}${path}`, ...rules } });
const prometheus = (query: string, bounds: object) =>
  look({ prometheus: { url: `${base}/`, query, timeout: '200ms', ...bounds } });
const node = (script: string, rules: object = {}) =>
  look({ command: { run: [process.execPath, '-e', script], ...rules } });

test('an address is well when it answers as the plan says', async () => {
  expect(await http('/well')).toEqual(['pass', expect.stringMatching(/^200 after /)]);
  expect(await http('/well', { contains: 'is well' })).toEqual(['pass', expect.anything()]);
  expect(await http('/ill', { status: [200, 503] })).toEqual(['pass', expect.stringMatching(/^503 after /)]);
});

test('an address that answers otherwise, elsewhere or not at all is broken', async () => {
  expect(await http('/ill')).toEqual(['fail', expect.stringMatching(/^503 after /)]);
  expect(await http('/well', { contains: 'Dave' })).toEqual(['fail', expect.stringContaining('without it')]);
  expect(await http('/moved')).toEqual(['fail', expect.stringMatching(/^302 after /)]);
  expect(await http('/never', { within: '50ms' })).toEqual(['fail', 'no answer within 50ms']);
  expect(await look({ http: { url: 'http://127.0.0.1:1/' } })).toEqual([
    'fail',
    expect.stringMatching(/ECONNREFUSED|bad port/),
  ]);
});

test('a query of Prometheus is held to its bounds, each series of it', async () => {
  expect(await prometheus('up', { max: 1 })).toEqual(['pass', '0.5']);
  expect(await prometheus('up', { min: 1 })).toEqual(['fail', '0.5']);
  expect(await prometheus('one', { min: 0.25, max: 0.25 })).toEqual(['pass', '0.25']);
  expect(await prometheus('each', { max: 1 })).toEqual(['fail', '3 (of 2 series)']);
  expect(await prometheus('nan', { max: 1 })).toEqual(['fail', 'NaN']);
});

test('Prometheus that tells nothing makes a probe blind, never steady', async () => {
  expect(await prometheus('none', { max: 1 })).toEqual(['blind', 'the query has no result']);
  expect(await prometheus('wrong(', { max: 1 })).toEqual(['blind', '400: parse error: unclosed left parenthesis']);
  expect(await prometheus('page', { max: 1 })).toEqual([
    'blind',
    expect.stringContaining('expected an answer of Prometheus'),
  ]);
  expect(await prometheus('hangs', { max: 1 })).toEqual(['blind', 'no answer within 200ms']);
});

test('a command is judged by its exit code and what it prints, and never quoted', async () => {
  expect(await node('process.exit(3)', { exitCode: 3 })).toEqual(['pass', 'exit code 3']);
  expect(await node('console.log("hunter2")')).toEqual(['pass', 'exit code 0']);
  expect(await node('console.log("hunter2")', { contains: 'ready' })).toEqual(['fail', 'exit code 0, without it']);
  expect(await node('process.exit(1)')).toEqual(['fail', 'exit code 1']);
});

test('a command that cannot be run, or does not end, says nothing of the system', async () => {
  expect(await look({ command: { run: ['no-such-program-here'] } })).toEqual([
    'blind',
    'there is no program no-such-program-here',
  ]);
  expect(await node('setInterval(() => {}, 1000)', { timeout: '100ms' })).toEqual([
    'blind',
    'did not end within 100ms',
  ]);
});
