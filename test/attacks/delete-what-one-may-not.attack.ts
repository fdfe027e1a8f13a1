import { reaperLooks, revertAll, revertForced } from './acts.ts';
import type { Attack, Rule } from './attack.ts';
import { expired, facts, type Planted, record } from './planted.ts';

const PREFIX = 'chaos.operatorchaos.io/';
const marks = (type: string, annotations: Record<string, string> = {}): string =>
  JSON.stringify({
    metadata: {
      labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', [`${PREFIX}type`]: type },
      annotations: { [`${PREFIX}mayday`]: JSON.stringify(facts()), ...annotations },
    },
  });

/** Somebody who may change an object, and not delete it, marks it as made by an injection. */
function deleting(
  what: string,
  [group, resource]: [string, string],
  object: Planted,
  patch: string,
  act: Attack['act'] = revertAll,
): Attack {
  const name = String(object.metadata.name);
  const rights: Rule = { apiGroups: [group], resources: [resource], verbs: ['get', 'patch'] };
  return {
    name: `delete ${what} by marks on it`,
    byRecord: true,
    rights: { here: [rights] },
    prepare: scene => scene.apply(object),
    plant: async scene => void (await scene.attacker(['patch', resource, name, '--type', 'merge', '-p', patch])),
    act,
    gained: async scene =>
      (await scene.look(resource, name)) === undefined ? `${resource} ${name} is gone` : undefined,
  };
}

const secret: Planted = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'of-another' },
  stringData: { word: 'kept' },
};
const selector = { matchLabels: { app: 'web' } };
const deployment: Planted = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    selector,
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'web', image: 'registry.k8s.io/pause:3.10' }] },
    },
  },
};
const service: Planted = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { ports: [{ port: 80 }] },
};
const quota: Planted = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'team' },
  spec: { hard: { pods: '50' } },
};
const policy: Planted = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny-all' },
  spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
};
const budget: Planted = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { maxUnavailable: 0, selector },
};
const configMap: Planted = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: { config: 'kept' },
};
const created = JSON.stringify({
  metadata: {
    labels: { [`${PREFIX}type`]: 'ClientFault' },
    annotations: { [`${PREFIX}rollback-data`]: record({ [`${PREFIX}created`]: 'true' }) },
  },
});

export const attacks: Attack[] = [
  deleting("another's Secret", ['', 'secrets'], secret, marks('WebhookLatency'), revertForced),
  deleting("another's deployment", ['apps', 'deployments'], deployment, marks('WebhookLatency'), revertForced),
  deleting("another's service", ['', 'services'], service, marks('WebhookLatency'), revertForced),
  deleting("another's quota", ['', 'resourcequotas'], quota, marks('QuotaExhaustion'), revertForced),
  deleting("another's network policy", ['networking.k8s.io', 'networkpolicies'], policy, marks('NetworkPartition')),
  deleting("another's budget", ['policy', 'poddisruptionbudgets'], budget, marks('PDBBlock'), revertForced),
  // Its name keeps it, not the judgement of records: nothing of that name is ever made by ClientFault.
  { ...deleting("another's ConfigMap", ['', 'configmaps'], configMap, created), byRecord: false },
  {
    ...deleting("another's quota", ['', 'resourcequotas'], quota, marks('QuotaExhaustion', expired()), reaperLooks),
    name: "delete another's quota by marks on it, by the reaper",
  },
];
