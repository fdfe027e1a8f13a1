import type { Deployment, PodTemplate } from '../controllers/kinds.ts';
import type { KubeObject, NewObject } from '../object.ts';
import { put } from '../operators/install.ts';
import { clusterRole, crd, role, serviceAccount } from '../operators/parts.ts';
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

/**
 * A Deployment with an injected fault: rolled out as it was before, then with the rollout that the fault began and
 * that is stuck (or only scaled).
 */
function putVictim(s: Seeder, before: Deployment, injected: Deployment): void {
  const template: PodTemplate = injected.spec.template;
  const rolled = JSON.stringify(template) !== JSON.stringify(before.spec.template);
  const seed = { ...seedOf(rolled ? before : injected), annotations: injected.metadata.annotations ?? {} };
  const uid = injected.metadata.name === 'checkout' ? CHECKOUT_UID : undefined;
  putDeployment(s, seed, 1, rolled ? { template, hoursAgo: INJECTED_HOURS } : undefined, uid);
}

function putRecorded(s: Seeder, object: KubeObject, madeByChaos: boolean): void {
  const resource = RESOURCES[object.kind];
  if (!resource) throw new Error(`the recorded injections hold a ${object.kind}, which has no place yet`);
  const manager = madeByChaos ? 'operator-chaos' : 'kubectl-client-side-apply';
  s.put(resource, object as NewObject, { hoursAgo: madeByChaos ? INJECTED_HOURS : VICTIM_HOURS, manager });
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
    for (const { injected, before } of CASES) {
      for (const object of injected) {
        if (object.kind !== 'Deployment') {
          putRecorded(s, object, object.metadata.name.includes('chaos'));
          continue;
        }
        const old = before?.find(b => b.metadata.name === object.metadata.name);
        putVictim(s, (old ?? object) as unknown as Deployment, object as unknown as Deployment);
      }
    }
    s.webhooks.set('shop/checkout', () => ({ allowed: true }));
  },
};
