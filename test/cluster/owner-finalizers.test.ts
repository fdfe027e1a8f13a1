import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, start } from './controlplane/start.ts';
import { noControlPlane } from './skip.ts';

const ROOT = join(import.meta.dirname, '../..');
const CONFIG_MAPS = '/api/v1/namespaces/shop/configmaps';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const EXPERIMENT = `apiVersion: chaos.operatorchaos.io/v1alpha1
kind: ChaosExperiment
metadata: {name: orphan, namespace: shop}
spec:
  tier: 2
  target: {operator: web, component: web}
  steadyState:
    checks: [{type: resourceExists, apiVersion: v1, kind: ConfigMap, name: owned, namespace: shop}]
  injection:
    type: OwnerRefOrphan
    dangerLevel: medium
    parameters: {apiVersion: v1, kind: ConfigMap, name: owned}
    ttl: 2s
  hypothesis: {description: nobody adopts it again, recoveryTimeout: 2s}
  blastRadius: {maxPodsAffected: 1, allowedNamespaces: [shop]}
`;

// As the API servers of OpenShift have it.
const ENFORCED = ['--enable-admission-plugins=OwnerReferencesPermissionEnforcement'];

describe.skipIf(noControlPlane)('a server that asks for the finalizers of owners', () => {
  let cluster: Cluster;
  let experiment: string;
  const run = (command: string, args: string[]) =>
    new Promise<{ code: number; said: string }>(resolve => {
      execFile(command, args, { env: { ...process.env, XDG_STATE_HOME: cluster.folder } }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), said: stdout + stderr }),
      );
    });
  const mayday = (kubeconfig: string, ...args: string[]) =>
    run(process.execPath, [join(ROOT, 'dist/mayday.js'), ...args, '--kubeconfig', kubeconfig]);
  const owners = async () => (await cluster.api.must('GET', `${CONFIG_MAPS}/owned`)).body.metadata.ownerReferences;
  const bind = (user: string, role: string) =>
    cluster.api.must('POST', `${RBAC}/clusterrolebindings`, {
      metadata: { name: `${user}-${role}` },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    });

  beforeAll(async () => {
    cluster = await start({ apiServer: ENFORCED });
    const applied = await run('kubectl', [
      '--kubeconfig',
      cluster.kubeconfig,
      'apply',
      '-k',
      join(ROOT, 'deploy/roles'),
    ]);
    expect(applied.code).toBe(0);
    await cluster.api.must('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
    const made = await cluster.api.must('POST', '/apis/apps/v1/namespaces/shop/deployments', {
      metadata: { name: 'web' },
      spec: {
        replicas: 0,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    });
    const { uid } = made.body.metadata;
    const owner = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      uid,
      controller: true,
      blockOwnerDeletion: true,
    };
    await cluster.api.must('POST', CONFIG_MAPS, { metadata: { name: 'owned', ownerReferences: [owner] } });
    const injector = (await cluster.api.must('GET', `${RBAC}/clusterroles/mayday-injector`)).body;
    await cluster.api.must('POST', `${RBAC}/clusterroles`, {
      metadata: { name: 'without-finalizers' },
      rules: injector.rules.filter((rule: { resources: string[] }) => !rule.resources[0]?.endsWith('/finalizers')),
    });
    for (const role of ['mayday-viewer', 'mayday-injector', 'mayday-locker']) await bind('may', role);
    for (const role of ['mayday-viewer', 'without-finalizers', 'mayday-locker']) await bind('may-not', role);
    experiment = join(cluster.folder, 'orphan.yaml');
    writeFileSync(experiment, EXPERIMENT);
  });
  afterAll(() => cluster?.stop());

  test('who may not update them is told before anything is written', async () => {
    const ended = await mayday(cluster.asUser('may-not'), 'run', experiment, '--yes');
    expect(ended.said).toContain('may-not may not update deployments.apps/finalizers in shop (to revert)');
    expect(ended.code).not.toBe(0);
    expect(await owners()).toHaveLength(1);
  });

  test('the role handed out is enough to orphan and to give back', async () => {
    const before = await owners();
    const ended = await mayday(cluster.asUser('may'), 'run', experiment, '--yes', '-o', 'jsonl');
    expect(ended.said).toContain('"remaining":0');
    expect(ended.code).not.toBe(7);
    expect(await owners()).toEqual(before);
  });

  test('the server does enforce it', async () => {
    const owned = (await cluster.api.must('GET', `${CONFIG_MAPS}/owned`)).body;
    const patch = (value: unknown) => [
      '-n',
      'shop',
      'patch',
      'configmap',
      'owned',
      '--type',
      'merge',
      '-p',
      JSON.stringify({ metadata: { ownerReferences: value } }),
    ];
    const as = (user: string, args: string[]) => run('kubectl', ['--kubeconfig', cluster.asUser(user), ...args]);
    expect((await as('may-not', patch(null))).code).toBe(0);
    expect((await as('may-not', patch(owned.metadata.ownerReferences))).said).toMatch(/cannot set blockOwnerDeletion/);
    expect((await as('may', patch(owned.metadata.ownerReferences))).code).toBe(0);
  });
});
