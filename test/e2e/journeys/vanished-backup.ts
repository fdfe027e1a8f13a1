import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { type FaultSpec, lasting, settings, type Thing } from './objects.ts';
import { createUser } from './people.ts';
import { revertAfter } from './revert-after.ts';
import { onStage, type Stage } from './stage.ts';

/** A fault that keeps the original in an object of its own, beside what it deletes or changes. */
interface Case {
  readonly what: string;
  readonly faultSpec: (stage: Stage) => FaultSpec;
  readonly victim: (stage: Stage) => Thing;
  readonly backup: (stage: Stage) => { kind: string; name: string; namespace?: string };
  /** What comes back of it: all that people wrote, unless told. */
  readonly kept?: (object: Thing) => Thing;
}

/** A value that nobody is ever shown. */
const SECRET = 'aHVzaA==';

const secret = (): Thing => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token', labels: { team: 'a' } },
  type: 'Opaque',
  data: { token: SECRET },
});
const lease = (): Thing => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'leader', labels: { team: 'a' } },
  spec: { holderIdentity: 'web-1', leaseDurationSeconds: 17, leaseTransitions: 3 },
});
const service = (): Thing => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', labels: { team: 'a' } },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
});
const nextDoor = ({ namespace }: Stage) => `${namespace}-next-door`;
const namespace = (stage: Stage): Thing => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: nextDoor(stage), labels: { team: 'a' }, annotations: { note: 'kept' } },
});

/** The holder of a deleted Lease is not put back on purpose: it may be dead, and everybody would wait for it. */
function withoutHolder(object: Thing): Thing {
  const { holderIdentity: _holder, ...spec } = object.spec;
  return { ...lasting(object), spec };
}

/** The addresses are the server's to give, and it gives others to an object that is made anew. */
function withoutAddresses(object: Thing): Thing {
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = object.spec;
  return { ...lasting(object), spec };
}

const deletion = (kind: string, apiVersion: string, name: string): FaultSpec => ({
  type: 'ResourceDeletion',
  danger: 'high',
  parameters: { apiVersion, kind, name },
});

const CASES: readonly Case[] = [
  {
    what: 'SecretDeletion',
    faultSpec: stage => ({
      type: 'SecretDeletion',
      danger: 'high',
      parameters: { name: 'token', namespace: stage.namespace },
    }),
    victim: secret,
    backup: () => ({ kind: 'secret', name: 'chaos-backup-secret-token' }),
  },
  {
    what: 'ConfigDrift of a Secret',
    faultSpec: () => ({
      type: 'ConfigDrift',
      danger: 'high',
      parameters: { resourceType: 'Secret', name: 'token', key: 'token', value: 'chaos' },
    }),
    victim: secret,
    backup: () => ({ kind: 'secret', name: 'chaos-rollback-token-token' }),
  },
  {
    what: 'LeaderElectionDisrupt',
    faultSpec: () => ({ type: 'LeaderElectionDisrupt', danger: 'high', parameters: { name: 'leader' } }),
    victim: lease,
    backup: () => ({ kind: 'configmap', name: 'chaos-backup-lease-leader' }),
    kept: withoutHolder,
  },
  {
    what: 'ResourceDeletion of a ConfigMap',
    faultSpec: () => deletion('ConfigMap', 'v1', 'settings'),
    victim: settings,
    backup: () => ({ kind: 'secret', name: 'chaos-backup-resource-configmap-settings' }),
  },
  {
    what: 'ResourceDeletion of a Service',
    faultSpec: () => deletion('Service', 'v1', 'web'),
    victim: service,
    backup: () => ({ kind: 'secret', name: 'chaos-backup-resource-service-web' }),
    kept: withoutAddresses,
  },
  {
    what: 'NamespaceDeletion',
    faultSpec: stage => ({
      type: 'NamespaceDeletion',
      danger: 'high',
      parameters: { namespace: nextDoor(stage) },
      alsoIn: [nextDoor(stage)],
    }),
    victim: namespace,
    backup: stage => ({ kind: 'configmap', namespace: 'default', name: `chaos-rollback-ns-${nextDoor(stage)}` }),
  },
];

/** The object that keeps an original is gone between the scan and the restore: a cleanup job, a colleague, another revert. */
export function vanishedBackupJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('a backup that vanishes after the scan', () => {
    test.for(CASES.map(one => [one.what, one] as const))(
      'of a %s: the original comes back from what the scan read, and is what it was',
      async ([, one], { stage }) => {
        const { read, before } = await injected(stage, one);
        const { receipts, remaining } = await robbed(stage, one);
        expect({ receipts, remaining }).toMatchObject({
          receipts: [{ type: one.faultSpec(stage).type, outcome: 'reverted', verified: true }],
          remaining: 0,
        });
        expect(await read()).toEqual(before);
      },
    );

    test.for(CASES.map(one => [one.what, one] as const))(
      'of a %s that may not be put back either: failed, it remains, and nothing is called verified',
      async ([, one], { stage }) => {
        const { before, read } = await injected(stage, one);
        const { receipts, remaining } = await robbed(stage, one, await reader(stage));
        expect({ receipts, remaining }).toMatchObject({
          receipts: [{ outcome: 'failed', verified: false, notHeld: { original: expect.anything() } }],
          remaining: 1,
        });
        expect(receipts[0]?.message).toMatch(/backup .* is gone and could not be created again; original ./);
        expect(JSON.stringify(receipts)).not.toContain(SECRET);
        expect(await read().catch(() => undefined)).not.toEqual(before);
      },
    );
  });
}

/** The victim and the fault on it, left by a run that was killed. */
async function injected(stage: Stage, { faultSpec, victim, kept = lasting }: Case) {
  await stage.set();
  const object = victim(stage);
  await stage.apply(object);
  const read = async () => kept(await stage.read(object.kind, object.metadata.name));
  const before = await read();
  await killedRun(stage, faultSpec(stage));
  return { read, before };
}

/** Scans, has the backup taken away, and reverts what was found; with another kubeconfig, as somebody else. */
function robbed(stage: Stage, { backup }: Case, kubeconfig = stage.provider.kubeconfig) {
  const { kind, name, namespace = stage.namespace } = backup(stage);
  const takeAway = () => stage.kubectl('delete', kind, name, '-n', namespace);
  return revertAfter(stage, takeAway, { kubeconfig, namespace });
}

/** Somebody who may read everything and write nothing. */
async function reader(stage: Stage): Promise<string> {
  const name = `${stage.namespace}-reads`;
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }];
  await stage.apply({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, rules });
  return createUser(stage, 'reader', { everywhere: [name] });
}
