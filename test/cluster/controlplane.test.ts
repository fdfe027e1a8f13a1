import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Api } from './controlplane/api.ts';
import { recordedProcesses } from './controlplane/folders.ts';
import { controlPlaneModules, pinnedVersion } from './controlplane/modules.ts';
import { type Cluster, start } from './controlplane/start.ts';
import { noControlPlane } from './skip.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';

describe.skipIf(noControlPlane)('a real control plane', () => {
  let cluster: Cluster;
  let api: Api;
  beforeAll(async () => {
    cluster = await start();
    api = cluster.api;
  });
  afterAll(async () => cluster?.stop());

  test('is the version that go.mod pins', async () => {
    const [kubernetes] = controlPlaneModules;
    const { body } = await api.must('GET', '/version');
    expect(body.gitVersion).toBe(kubernetes && pinnedVersion(kubernetes));
  });

  test('answers kubectl through the kubeconfig it gives', () => {
    expect(kubectl(cluster.kubeconfig, 'get', 'nodes', '-o', 'name').trim().split('\n')).toHaveLength(3);
  });

  test('knows a user by certificate, and grants only what RBAC says', async () => {
    const kubeconfig = cluster.asUser('alice', ['dev']);
    expect(() => kubectl(kubeconfig, 'get', 'pods')).toThrow(/User "alice" cannot list resource "pods"/);
    await api.must('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings', {
      metadata: { name: 'dev' },
      subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'dev' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
    });
    expect(kubectl(kubeconfig, 'get', 'pods', '-o', 'name')).toBe('');
  });

  test('comes back after a restart, same address, nothing lost, watches cut', async () => {
    await api.must('POST', configMaps, { metadata: { name: 'before-restart' } });
    const watch = api.lines(`${configMaps}?watch=1`, () => {}, new AbortController().signal).catch(() => {});
    await cluster.restartApiServer({ kill: true });
    await watch;
    expect((await api.must('GET', `${configMaps}/before-restart`)).body.metadata.name).toBe('before-restart');
  });

  test('answers 410 to a watch from before a compaction, once its own memory is gone too', async () => {
    const made = await api.must('POST', configMaps, { metadata: { name: 'old' } });
    for (let each = 0; each < 3; each++) await api.must('POST', configMaps, { metadata: { generateName: 'later-' } });
    await cluster.compactEtcd();
    await cluster.restartApiServer({ kill: true });
    const seen: string[] = [];
    const old = `${configMaps}?watch=1&resourceVersion=${made.body.metadata.resourceVersion}`;
    await api.lines(old, line => seen.push(line), AbortSignal.timeout(2000));
    expect(JSON.parse(seen[0] ?? '{}')).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } });
  });

  test('stops without leaving a process or a folder', async () => {
    const another = await start({ nodes: 1 });
    const folder = another.logs.replace(/\/logs$/, '');
    expect(recordedProcesses(folder)).toHaveLength(5);
    await another.stop();
    expect(existsSync(folder)).toBe(false);
  });

  test('keeps the logs and names them when it does not come up', async () => {
    const failed = await start({ apiServer: ['--no-such-flag'] }).catch((error: Error) => error);
    expect(failed).toBeInstanceOf(Error);
    const { message, cause } = failed as Error;
    expect(String((cause as Error).message)).toContain('unknown flag: --no-such-flag');
    const logs = message.split('its logs are in ')[1] ?? '';
    expect(readFileSync(`${logs}/kube-apiserver.log`, 'utf8')).toContain('unknown flag');
  });
});

function kubectl(kubeconfig: string, ...args: string[]): string {
  return execFileSync('kubectl', ['--kubeconfig', kubeconfig, ...args], { encoding: 'utf8', stdio: 'pipe' });
}
