import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { type FaultSpec, LABELS, lasting, type Thing, web } from './objects.ts';
import { createUser, installRoles } from './people.ts';
import { onStage, type Stage } from './stage.ts';
import { guard, guardName } from './webhook.ts';

const CROWD = fileURLToPath(new URL('many-agents.ts', import.meta.url));
const RBAC = 'rbac.authorization.k8s.io';

/** A victim as kubectl names it. */
type Victim = readonly [kind: string, name: string];

/** One type, what it lands on, and what it makes, in the order in which they go in: what limits others comes last. */
const FAULT_SPECS: readonly { faultSpec: FaultSpec; victim?: Victim; makes?: Victim }[] = [
  {
    faultSpec: { type: 'ConfigDrift', parameters: { name: 'settings', key: 'mode', value: 'chaos' } },
    victim: ['configmap', 'settings'],
  },
  {
    faultSpec: {
      type: 'LabelStomping',
      parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'labelled', labelKey: 'app', action: 'overwrite' },
    },
    victim: ['configmap', 'labelled'],
  },
  {
    faultSpec: {
      type: 'FinalizerBlock',
      parameters: { apiVersion: 'v1', kind: 'ConfigMap', name: 'held', finalizer: 'e2e.example.com/block' },
      danger: 'high',
    },
    victim: ['configmap', 'held'],
  },
  {
    faultSpec: { type: 'RBACRevoke', parameters: { bindingName: 'web', bindingType: 'RoleBinding' } },
    victim: ['rolebinding', 'web'],
  },
  { faultSpec: { type: 'SecretDeletion', parameters: { name: 'token' }, danger: 'high' }, victim: ['secret', 'token'] },
  {
    faultSpec: {
      type: 'ResourceDeletion',
      parameters: { apiVersion: 'v1', kind: 'Service', name: 'web' },
      danger: 'high',
    },
    victim: ['service', 'web'],
  },
  {
    faultSpec: { type: 'LeaderElectionDisrupt', parameters: { name: 'leader' }, danger: 'high' },
    victim: ['lease', 'leader'],
  },
  {
    faultSpec: { type: 'DeploymentScaleZero', parameters: { name: 'api' }, danger: 'high' },
    victim: ['deployment', 'api'],
  },
  {
    faultSpec: { type: 'CrashLoopInject', parameters: { name: 'job' }, danger: 'high' },
    victim: ['deployment', 'job'],
  },
  {
    faultSpec: { type: 'ImageCorrupt', parameters: { name: 'web' }, danger: 'high' },
    victim: ['deployment', 'web'],
  },
  {
    faultSpec: { type: 'PDBBlock', parameters: { labelSelector: 'app=web' }, danger: 'high' },
    makes: ['poddisruptionbudget', ''],
  },
  { faultSpec: { type: 'NetworkPartition', parameters: { labelSelector: 'app=web' } }, makes: ['networkpolicy', ''] },
  {
    faultSpec: { type: 'QuotaExhaustion', parameters: { quotaName: 'chaos-quota', pods: '0' } },
    makes: ['resourcequota', ''],
  },
];

/** Somebody else's console died with everything in; another person, with no more rights than the role says, puts it all back. */
export function onCallJourneys(given: () => Provider): void {
  const test = onStage(given);
  beforeAll(() => installRoles(given()));

  describe('a console that dies with faults of many types', () => {
    test('is cleaned up by another person: each object is as it was, by kubectl, and nothing is left', async ({
      stage,
    }) => {
      await set(stage);
      const slam = webhookFaultSpec(stage);
      const faultSpecs = [...FAULT_SPECS.slice(0, 3), slam, ...FAULT_SPECS.slice(3)];
      const victims = faultSpecs.flatMap(({ victim }) => (victim ? [victim] : []));
      const was = await Promise.all(victims.map(async ([kind, name]) => lasting(await stage.read(kind, name))));
      await injectAndDie(
        stage,
        faultSpecs.map(({ faultSpec }) => ({ ttl: '600s', recovery: '600s', pods: 9, ...faultSpec })),
      );
      const broken = await Promise.all(
        victims.map(([kind, name]) => stage.read(kind, name).then(lasting, () => undefined)),
      );
      for (const [at, [kind, name]] of victims.entries())
        expect([kind, name, broken[at]]).not.toEqual([kind, name, was[at]]);

      const everywhere = ['mayday-viewer', 'mayday-reverter', 'mayday-reverter-rbac'];
      const onCall = await createUser(stage, 'on-call', { everywhere });
      const ended = await stage.mayday(['-o', 'json', 'revert', '--all', '--yes'], onCall);
      const { receipts, remaining } = JSON.parse(ended.stdout || '{}');
      expect(ended.stderr).not.toContain('BLIND');
      expect([...new Set<string>(receipts.map(({ type }: Thing) => type))].toSorted()).toEqual(
        faultSpecs.map(({ faultSpec }) => faultSpec.type).toSorted(),
      );
      for (const receipt of receipts) expect(receipt).toMatchObject({ outcome: 'reverted', verified: true });
      expect({ remaining, code: ended.code }).toEqual({ remaining: 0, code: 0 });

      for (const [at, [kind, name]] of victims.entries())
        expect([kind, name, lasting(await stage.read(kind, name))]).toEqual([kind, name, free(was[at])]);
      for (const { makes } of faultSpecs)
        if (makes) expect(await stage.kubectl('get', makes[0], '-o', 'name')).toBe('');
      const marked = ['get', 'configmaps,secrets', '-A', '-o', 'name', '-l', 'chaos.operatorchaos.io/type'];
      expect(await stage.kubectl(...marked)).toBe('');
      const scan = await stage.mayday(['-o', 'json', 'scan'], onCall);
      expect(JSON.parse(scan.stdout)).toMatchObject({ injections: [], blind: [] });
      await stage.mayday(['latch', 'off'], onCall);
    });
  });
}

async function set(stage: Stage): Promise<void> {
  const named = (name: string): Thing => {
    const made = web();
    made.metadata = { name, labels: { app: name } };
    made.spec.selector.matchLabels = { app: name };
    made.spec.template.metadata.labels = { app: name };
    return made;
  };
  const plain = (apiVersion: string, kind: string, name: string, more: object = {}): Thing => ({
    apiVersion,
    kind,
    metadata: { name, labels: LABELS },
    ...more,
  });
  await stage.set();
  await stage.apply(
    named('api'),
    named('job'),
    plain('v1', 'ConfigMap', 'labelled', { data: { kept: 'yes' } }),
    plain('v1', 'ConfigMap', 'held', { data: { kept: 'yes' } }),
    plain('v1', 'Secret', 'token', { data: { token: 'YWJj' } }),
    plain('v1', 'Service', 'web', { spec: { selector: LABELS, ports: [{ port: 80, targetPort: 8080 }] } }),
    plain('coordination.k8s.io/v1', 'Lease', 'leader', {
      spec: {
        holderIdentity: 'web-0',
        leaseDurationSeconds: 15,
        leaseTransitions: 3,
        renewTime: '2026-01-01T00:00:00.000000Z',
      },
    }),
    plain(`${RBAC}/v1`, 'Role', 'web', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
    plain(`${RBAC}/v1`, 'RoleBinding', 'web', {
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'web' },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: stage.namespace }],
    }),
    guard(stage, 'Ignore'),
  );
  for (const name of ['api', 'job']) await stage.kubectl('rollout', 'status', `deployment/${name}`, '--timeout=60s');
}

const webhookFaultSpec = (stage: Stage): (typeof FAULT_SPECS)[number] => ({
  faultSpec: {
    type: 'WebhookDisrupt',
    danger: 'high',
    clusterScoped: true,
    parameters: { webhookName: guardName(stage), webhookType: 'validating', action: 'setFailurePolicy', value: 'Fail' },
  },
  victim: ['validatingwebhookconfiguration', guardName(stage)],
});

/** A Lease comes back free: who held it may be dead, and would keep everybody waiting. Anything else is as it was. */
function free(object: Thing): Thing {
  if (object.kind !== 'Lease') return object;
  const { holderIdentity: _, renewTime: __, ...spec } = object.spec;
  return { ...object, spec };
}

/** One process injects all of these, and is killed with all of them in. */
async function injectAndDie(stage: Stage, faultSpecs: readonly FaultSpec[]): Promise<void> {
  const files = faultSpecs.map(faultSpec => stage.faultSpec(faultSpec));
  const child = spawn(process.execPath, [CROWD, stage.provider.kubeconfig, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, XDG_STATE_HOME: `${stage.folder}/state`, XDG_CONFIG_HOME: `${stage.folder}/config` },
  });
  const gone = once(child, 'exit');
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (said.length === faultSpecs.length) break;
  }
  child.kill('SIGKILL');
  await gone;
  expect(said.filter(line => !line.startsWith('injected '))).toEqual([]);
}
