import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { verdictOf } from './mayday.ts';
import { LABELS, lasting, type Thing } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** One object of the stage, and the faults that it can take. */
const OBJECTS: readonly (readonly [object: string, types: readonly string[]])[] = [
  [
    'deploy/web',
    [
      'PodKill',
      'NetworkPartition',
      'PDBBlock',
      'CRDMutation',
      'FinalizerBlock',
      'ClientFault',
      'QuotaExhaustion',
      'LabelStomping',
      'DeploymentScaleZero',
      'CrashLoopInject',
      'ImageCorrupt',
      'ResourceDeletion',
    ],
  ],
  ['cm/settings', ['ConfigDrift', 'WebhookLatency']],
  ['secret/token', ['SecretDeletion']],
  ['lease/leader', ['LeaderElectionDisrupt']],
  ['rolebinding/web', ['RBACRevoke']],
];

/** From an object to an experiment by `mayday suggest`: what it prints is planned and run as any other file. */
export function suggestedJourneys(given: () => Provider): void {
  const test = onStage(given);
  describe('an experiment that was made from an object', () => {
    test('is valid and passes every gate, for each fault that fits', async ({ stage }) => {
      await set(stage);
      for (const [object, types] of OBJECTS)
        for (const type of types) {
          const path = await suggested(stage, object, type);
          const plan = await stage.mayday(['-o', 'json', 'plan', path, '--server-dry-run']);
          const { gates, writes } = JSON.parse(plan.stdout) as { gates: Answer[]; writes: { serverDryRun?: Answer }[] };
          const shut = [...gates, ...writes.flatMap(({ serverDryRun }) => serverDryRun ?? [])].filter(({ ok }) => !ok);
          expect([type, shut, plan.code]).toEqual([type, [], 0]);
        }
    });

    test('injects, is seen to take effect, and leaves the object as it was', async ({ stage }) => {
      await set(stage);
      const before = lasting(await stage.read('configmap', 'settings'));
      const path = await suggested(stage, 'configmap/settings', 'ConfigDrift');
      const short = ['--set', 'injection.ttl=3s', '--set', 'hypothesis.recoveryTimeout=2s'];
      const ended = await stage.mayday(['-o', 'jsonl', 'run', path, '--yes', '--soak', '1s', ...short]);
      expect(verdictOf(ended).residue).toBe(0);
      expect(ended.stdout).toContain('"state":"proven"');
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
    });

    test('is refused in one line where the fault does not fit, with the reason', async ({ stage }) => {
      await set(stage);
      const { code, stderr } = await stage.mayday([
        ...['-n', stage.namespace],
        ...['suggest', 'cm/settings', '--type', 'ImageCorrupt'],
      ]);
      expect(code).toBe(2);
      expect(stderr).toContain('found: it is for a Deployment, this is a ConfigMap');
    });
  });
}

interface Answer {
  ok: boolean;
}

/** Writes what `suggest` prints as a file that `validate` accepts. */
async function suggested(stage: Stage, object: string, type: string): Promise<string> {
  const words = ['-n', stage.namespace, '-o', 'yaml', 'suggest', object, '--type', type];
  const { code, stdout, stderr } = await stage.mayday(words);
  expect([type, stderr, code]).toEqual([type, '', 0]);
  const path = stage.write(`suggested-${type}.yaml`, stdout);
  expect([type, (await stage.mayday(['validate', path])).code]).toEqual([type, 0]);
  return path;
}

async function set(stage: Stage): Promise<void> {
  const plain = (apiVersion: string, kind: string, name: string, more: object): Thing => ({
    apiVersion,
    kind,
    metadata: { name, labels: LABELS },
    ...more,
  });
  await stage.set();
  await stage.kubectl('label', 'deployment/web', 'team=e2e', '--overwrite');
  await stage.apply(
    plain('v1', 'Secret', 'token', { data: { token: 'YWJj' } }),
    plain('coordination.k8s.io/v1', 'Lease', 'leader', {
      spec: { holderIdentity: 'web-0', leaseDurationSeconds: 15, renewTime: '2026-01-01T00:00:00.000000Z' },
    }),
    plain(`${RBAC}/v1`, 'Role', 'web', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    plain(`${RBAC}/v1`, 'RoleBinding', 'web', {
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'web' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: stage.namespace }],
    }),
  );
}
