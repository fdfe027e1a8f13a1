import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { createEngine } from '../../src/engine/engine.ts';
import { loadExperiment } from '../../src/experiment/load.ts';
import { ACTS, runDemo } from '../../src/gameday/demo.ts';
import type { Files } from '../../src/host/files.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { AVAILABLE_STATUS } from '../support/deployments.ts';
import { engineDeps } from '../support/engine.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const noFiles: Files = {
  openAppend: async () => ({ append: async () => undefined, close: async () => undefined }),
  read: async () => undefined,
  list: async () => [],
  write: async () => undefined,
};

const load = (file: string) => {
  const path = new URL(`../../experiments/${file}`, import.meta.url);
  const loading = loadExperiment(readFileSync(path, 'utf8'), file);
  if (!loading.ok) throw new Error(JSON.stringify(loading.errors));
  return loading.loaded;
};

const labels = (namespace: string, name: string): Record<string, string> =>
  namespace === 'kserve' ? { 'control-plane': name } : { app: name };
const deployment = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, generation: 1 },
  spec: {
    replicas: 1,
    selector: { matchLabels: labels(namespace, name) },
    template: { spec: { containers: [{ name: 'manager', image: `${name}:1` }] } },
  },
  status: structuredClone(AVAILABLE_STATUS),
});
const pod = (namespace: string, owner: string, name: string, image = `${owner}:1`): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace,
    labels: labels(namespace, owner),
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
  },
  spec: { containers: [{ name: 'manager', image }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
});
const serving: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'llamastack-serving-config', namespace: 'opendatahub' },
  data: { 'config.yaml': 'serving: {}' },
};

/** Controllers in a line each: killed pods come back, unpullable ones do not start. */
function react(api: FakeApi): void {
  api.react(({ verb, kind }, object) => {
    const { namespace = '', name } = object.metadata;
    if (verb === 'delete' && kind === 'Pod') api.put(pod(namespace, 'kserve-controller-manager', `${name}-again`));
    if (verb !== 'patch' || kind !== 'Deployment') return;
    const stuck = pod(namespace, name, `${name}-stuck`, 'registry.invalid/nonexistent:chaos');
    stuck.status = {
      phase: 'Pending',
      containerStatuses: [{ name: 'manager', state: { waiting: { reason: 'ImagePullBackOff' } } }],
    };
    if (JSON.stringify(object.spec).includes('registry.invalid')) api.put(stuck);
    else api.forget({ apiVersion: 'v1', kind: 'Pod', namespace, name: `${name}-stuck` });
  });
}

async function demo(signal?: AbortSignal, onLine?: (line: string) => void) {
  const clock = fakeClock();
  const odh = 'odh-model-controller';
  const api = fakeApi(
    [
      deployment('kserve', 'kserve-controller-manager'),
      pod('kserve', 'kserve-controller-manager', 'kserve-1'),
      deployment('opendatahub', odh),
      pod('opendatahub', odh, 'odh-1'),
      serving,
    ],
    { now: clock.now },
  );
  react(api);
  const engine = createEngine(engineDeps({ api, clock, files: noFiles, host: 'stage', isAlive: () => true }));
  const lines: string[] = [];
  const say = (line: string) => {
    lines.push(line);
    onLine?.(line);
  };
  const result = await runDemo({ engine, api, clock, load, print: say, ...(signal ? { signal } : {}) });
  return { result, lines, api };
}

test('the demo plays its acts to the endings it promises, and leaves nothing behind', async () => {
  const { result, lines, api } = await demo();
  expect(
    result.results.map(one => one.verdict),
    lines.join('\n'),
  ).toEqual(ACTS.map(act => act.expects));
  expect(result).toMatchObject({ remaining: 0, exitCode: 0 });
  expect(lines.join('\n')).toMatch(
    /ACT 1[\s\S]*RESILIENT[\s\S]*ACT 2[\s\S]*DEGRADED[\s\S]*ACT 3[\s\S]*RESILIENT[\s\S]*ACT 4[\s\S]*operator-chaos[\s\S]*REMAIN 0/,
  );
  expect(
    api.peek({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'opendatahub', name: serving.metadata.name })?.data,
  ).toEqual(serving.data);
});

test('every command line that it shows is one of mayday', async () => {
  const { lines } = await demo();
  const shown = lines.filter(line => line.startsWith('$ ')).map(line => line.split(' '));
  expect(shown).toHaveLength(ACTS.length + 2);
  const known = COMMANDS.map(({ usage }) => usage.split(' ')[0]);
  for (const [, program, command] of shown) {
    expect(program).toBe('mayday');
    expect(known).toContain(command);
  }
});

test('every line is one line, without control characters', async () => {
  const { lines } = await demo();
  for (const line of lines) expect(line).not.toMatch(/[\p{Cc}]/u);
});

test('an interrupted demo reverts its fault and ends 6', async () => {
  const stop = new AbortController();
  const { result, api } = await demo(stop.signal, line => {
    if (line.includes('ACT 2')) queueMicrotask(() => stop.abort());
  });
  expect(result.exitCode).toBe(6);
  expect(
    api.peek({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'opendatahub', name: serving.metadata.name })?.data,
  ).toEqual(serving.data);
});
