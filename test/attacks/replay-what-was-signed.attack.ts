import { randomBytes } from 'node:crypto';
import type { FaultType } from '../../src/faults/types.ts';
import { systemClock } from '../../src/host/clock.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { isSigned, recordOn, signatureOf } from '../../src/revert/trust/signature.ts';
import { readOrMakeRecordKey } from '../../src/safety/record-key.ts';
import { reaperLooks, revertAll, revertForced } from './acts.ts';
import { type Attack, may, type Scene } from './attack.ts';
import { expired, facts, marking, type Planted, record, resourceBackup } from './planted.ts';

const RBAC = 'rbac.authorization.k8s.io';
const FRAMEWORK = 'chaos.operatorchaos.io';
const secrets = may('', 'secrets', 'create');
const HOUR_MS = 3_600_000;
/** What an injection wrote two hours ago, and what its time to live was. */
const FACTS = facts({ expires: new Date(Date.now() - HOUR_MS).toISOString() });

/** The cluster's own key: what is signed here is signed as mayday did it, when it was true. */
async function keyOf({ provider }: Scene): Promise<Uint8Array> {
  const connected = await connect({ kubeconfig: provider.kubeconfig, clock: systemClock });
  if (!connected.ok) throw new Error(connected.message);
  try {
    const { key } = await readOrMakeRecordKey(connected.value, systemClock, randomBytes);
    if (key === undefined) throw new Error('expected a key in the cluster, found none');
    return key;
  } finally {
    await connected.value.close();
  }
}

/** The signature that this object's record had, for whoever had the key. */
async function signature(scene: Scene, object: Planted, type: FaultType, uid: string): Promise<string> {
  const carrier = object as unknown as KubeObject;
  const of = recordOn(carrier);
  if (of === undefined) throw new Error('expected a record to sign');
  return signatureOf(await keyOf(scene), carrier, type, of, uid);
}

/** What is replayed was true once: on the object and at the time for which it was signed. Otherwise an attack by it proves nothing. */
async function mustBeSigned(scene: Scene, object: Planted, then: object, type: FaultType): Promise<void> {
  const carrier = { ...object, metadata: { ...object.metadata, ...then } } as unknown as KubeObject;
  if (!isSigned(await keyOf(scene), carrier, type)) throw new Error('expected a record that is signed');
}

const said = (more: object = {}): Record<string, string> => ({
  [`${FRAMEWORK}/mayday`]: JSON.stringify({ ...FACTS, ...more }),
});
const deployment = (namespace: string): Planted => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'taken', namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'taken' } },
    template: {
      metadata: { labels: { app: 'taken' } },
      spec: { containers: [{ name: 'taken', image: 'registry.k8s.io/pause:3.10' }] },
    },
  },
});
/** A backup that an injection made in this namespace, signed. */
async function signedBackup(scene: Scene, namespace: string): Promise<Planted> {
  const backup = resourceBackup(deployment(namespace), { ...expired(), ...said() });
  const carrier = { ...backup, metadata: { ...backup.metadata, namespace } };
  const sig = await signature(scene, carrier, 'ResourceDeletion', '');
  const signed = resourceBackup(deployment(namespace), { ...expired(), ...said({ sig }) });
  await mustBeSigned(scene, signed, { namespace, uid: 'its-own', creationTimestamp: FACTS.at }, 'ResourceDeletion');
  return signed;
}
const wasCreated = async (scene: Scene) => (await scene.look('deployments', 'taken')) && 'the deployment was created';

const RECORD = {
  apiVersion: `${RBAC}/v1`,
  kind: 'Role',
  path: 'rules',
  originalValue: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
};
const role = (name: string): Planted => ({ apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name }, rules: [] });

/** The marks that an injection put on the role of this name, signed for its uid. */
async function signedMarks(scene: Scene, name: string): Promise<string> {
  const { uid } = ((await scene.look('roles', name)) as Planted).metadata;
  const object = {
    ...role(name),
    metadata: {
      name,
      namespace: scene.id,
      annotations: { [`${FRAMEWORK}/rollback-data`]: record(RECORD, { mayday: FACTS }) },
    },
  };
  const sig = await signature(scene, object, 'CRDMutation', String(uid));
  const marks = marking('CRDMutation', RECORD, { mayday: { ...FACTS, sig } });
  const signed = { ...role(name), metadata: { name, ...JSON.parse(marks).metadata } };
  await mustBeSigned(scene, signed, { namespace: scene.id, uid }, 'CRDMutation');
  return marks;
}

/** Whoever may patch a role puts on it what was signed for another, or for a former one of its name. */
function onAnotherRole(what: string, from: string, before: (scene: Scene) => Promise<unknown>): Attack {
  let marks = '';
  return {
    name: `more rules for a role by a signed record of ${what}`,
    byRecord: true,
    rights: { here: [may(RBAC, 'roles', 'patch', 'get')] },
    async prepare(scene) {
      await scene.apply(role('own'), role('another'));
      marks = await signedMarks(scene, from);
      await before(scene);
    },
    plant: async scene => void (await scene.attacker(['patch', 'roles', 'own', '--type', 'merge', '-p', marks])),
    act: revertForced,
    gained: async scene =>
      JSON.stringify(await scene.look('roles', 'own')).includes('"verbs":["*"]') ? 'the role was changed' : undefined,
  };
}

const encoded = (text: string) => Buffer.from(text).toString('base64');
const wordOf = async (scene: Scene, name: string) =>
  ((await scene.look('secrets', name))?.data as Record<string, string> | undefined)?.word;

const postedAgain = (by: string, act: Attack['act']): Attack => ({
  name: `a deployment out of a signed backup that is posted again after it was reverted${by}`,
  byRecord: true,
  rights: { here: [secrets] },
  plant: async scene => scene.plant(await signedBackup(scene, scene.id)),
  act,
  gained: wasCreated,
});

export const attacks: Attack[] = [
  {
    name: 'a deployment out of a signed backup that was copied from another namespace',
    byRecord: true,
    rights: { here: [secrets] },
    async plant(scene) {
      const { metadata } = await signedBackup(scene, `${scene.id}-another`);
      await scene.plant({ ...resourceBackup(deployment(scene.id)), metadata });
    },
    act: revertAll,
    gained: wasCreated,
  },
  postedAgain('', revertAll),
  postedAgain(', by the reaper', reaperLooks),
  onAnotherRole('another role', 'another', async () => undefined),
  onAnotherRole('a former role of its name', 'own', async scene => {
    await scene.kubectl('delete', 'role', 'own');
    await scene.apply(role('own'));
  }),
  {
    // The reference itself is checked: no word makes it lead to another Secret.
    name: "the value of another's Secret by a drift record that points at it",
    rights: { here: [{ ...may('', 'secrets', 'get', 'patch'), resourceNames: ['own'] }] },
    prepare: scene =>
      scene.apply(
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'own' }, data: { word: encoded('own') } },
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'of-another', annotations: { [`${FRAMEWORK}/original-secret`]: 'own' } },
          data: { word: encoded('of another'), keyExists: encoded('true') },
        },
      ),
    plant: async scene =>
      void (await scene.attacker([
        'patch',
        'secret',
        'own',
        '--type',
        'merge',
        '-p',
        marking('ConfigDrift', { key: 'word', resourceType: 'Secret', rollbackSecretRef: 'of-another' }),
      ])),
    act: scene => scene.mayday(['revert', '--all', '--yes', '--force-diverged', '--trust-records']),
    async gained(scene) {
      if ((await wordOf(scene, 'of-another')) === undefined) return "another's Secret was deleted";
      return (await wordOf(scene, 'own')) === encoded('own') ? undefined : "another's value stands in a Secret of his";
    },
  },
];
