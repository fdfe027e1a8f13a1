import type { Deployment } from '../controllers/kinds.ts';
import type { KubeObject, NewObject } from '../object.ts';
import { crd } from '../operators/crd.ts';
import { put } from '../operators/install.ts';
import { clusterRole, role, serviceAccount } from '../operators/parts.ts';
import { namespace } from '../world/cluster.ts';
import type { Seeder } from '../world/seeder.ts';
import { putDeployment, type WorkloadSeed } from '../world/steady.ts';
import recorded from './data/stuck.json' with { type: 'json' };
import type { Scenario } from './scenario.ts';

interface RecordedCase {
  case: string;
  injected: readonly KubeObject[];
  before?: readonly KubeObject[];
}

const CASES = recorded as unknown as readonly RecordedCase[];

/** How long ago the injections were left behind, and how old their victims are. */
const INJECTED_HOURS = 0.3;
const VICTIM_HOURS = 30;
const HOUR = 3_600_000;
const FRAMEWORK = 'operator-chaos';

/** When the framework's TTL of an injection ended; its record holds the time of the recording. */
const EXPIRES = 'chaos.operatorchaos.io/expires';
const EXPIRED_HOURS = 0.2;

/** A recorded undo record names this owner by uid; the object under that uid must be there. */
const CHECKOUT_UID = 'e89324c7-4308-4f80-9d6d-4a70182e2177';

const RESOURCES: Record<string, string> = {
  ClusterRoleBinding: 'clusterrolebindings.rbac.authorization.k8s.io',
  ConfigMap: 'configmaps',
  MutatingWebhookConfiguration: 'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  NetworkPolicy: 'networkpolicies.networking.k8s.io',
  PodDisruptionBudget: 'poddisruptionbudgets.policy',
  ResourceQuota: 'resourcequotas',
  RoleBinding: 'rolebindings.rbac.authorization.k8s.io',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations.admissionregistration.k8s.io',
  Widget: 'widgets.demo.example.com',
};

const WIDGETS = crd({
  group: 'demo.example.com',
  plural: 'widgets',
  kind: 'Widget',
  version: 'v1',
  spec: {
    type: 'object',
    required: ['mode'],
    properties: {
      mode: { type: 'string' },
      note: { type: 'string' },
      size: { type: 'integer' },
      tags: { type: 'array', items: { type: 'string' } },
    },
  },
});

/** A recorded Deployment as a seed. */
function seedOf(d: Deployment): WorkloadSeed {
  const { name, namespace: ns = '', labels, annotations } = d.metadata;
  const { template } = d.spec;
  return {
    namespace: ns,
    name,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    selector: d.spec.selector.matchLabels ?? {},
    replicas: d.spec.replicas ?? 1,
    containers: template.spec.containers as unknown as WorkloadSeed['containers'],
    ...(template.spec.volumes && { volumes: template.spec.volumes }),
    hoursAgo: VICTIM_HOURS,
  };
}

/** A Deployment as it was before, and then as the framework changed it: with a new rollout that is stuck, or scaled. */
function putDeploymentVictim(s: Seeder, before: Deployment, injected: Deployment): void {
  const uid = before.metadata.name === 'checkout' ? { uid: CHECKOUT_UID } : {};
  putDeployment(s, seedOf(before), 1, {
    ...uid,
    change: { to: injected, hoursAgo: INJECTED_HOURS, manager: FRAMEWORK },
  });
}

/** An object as it was before, and then as the framework changed it. */
function putVictim(s: Seeder, before: KubeObject, injected: KubeObject): void {
  const resource = resourceOf(injected);
  s.put(resource, before as NewObject, { hoursAgo: VICTIM_HOURS });
  const { namespace, name } = injected.metadata;
  s.store.modify(
    resource,
    namespace,
    name,
    ({ metadata }) => {
      const { uid, resourceVersion, generation, creationTimestamp, managedFields } = metadata;
      const kept = { uid, resourceVersion, generation, creationTimestamp, managedFields };
      return { ...injected, metadata: { ...injected.metadata, ...kept } } as KubeObject;
    },
    { at: s.clock.now() - INJECTED_HOURS * HOUR, by: { manager: FRAMEWORK } },
  );
}

/** An object that the framework itself made: a backup, or what an injection consists of. */
function putMade(s: Seeder, object: KubeObject): void {
  if (object.kind === 'Deployment') {
    const seed = seedOf(object as unknown as Deployment);
    putDeployment(s, { ...seed, hoursAgo: INJECTED_HOURS, manager: FRAMEWORK }, 1);
    return;
  }
  const { annotations = {} } = object.metadata;
  const at = new Date(s.clock.now() - EXPIRED_HOURS * HOUR).toISOString().replace(/\.\d+Z$/, 'Z');
  const expires = annotations[EXPIRES] === undefined ? {} : { annotations: { ...annotations, [EXPIRES]: at } };
  const made = { ...object, metadata: { ...object.metadata, ...expires } };
  s.put(resourceOf(object), made as NewObject, { hoursAgo: INJECTED_HOURS, manager: FRAMEWORK });
}

function resourceOf({ kind }: KubeObject): string {
  const resource = RESOURCES[kind];
  if (!resource) throw new Error(`the recorded injections hold a ${kind}, which has no place yet`);
  return resource;
}

/** Puts what the recorded objects refer to: the namespace, its accounts and roles, and the definition of Widgets. */
function putDependencies(s: Seeder): void {
  s.put('namespaces', namespace('shop'), { hoursAgo: VICTIM_HOURS + 1 });
  const reads = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] }];
  for (const item of [
    WIDGETS,
    serviceAccount('shop', 'checkout'),
    clusterRole('checkout-reader', reads),
    role('shop', 'checkout', reads),
  ])
    put(s, item, VICTIM_HOURS);
}

/** The 24 recorded injections, all left in namespace shop by a framework that was killed. */
export const stuckInjections: Scenario = {
  name: 'stuck-injections',
  summary: '24 injections another chaos tool left behind in namespace shop when it was killed',
  prepare(s) {
    putDependencies(s);
    for (const { injected, before = [] } of CASES)
      for (const object of injected) {
        const old = before.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
        if (old === undefined) putMade(s, object);
        else if (object.kind === 'Deployment')
          putDeploymentVictim(s, old as unknown as Deployment, object as unknown as Deployment);
        else putVictim(s, old, object);
      }
    s.webhooks.set('shop/checkout', () => ({ allowed: true }));
  },
};
