import { stringify } from 'yaml';
import type { FaultType } from '../../src/faults/types.ts';

type Plain = { [key: string]: unknown };

/** A document that every rule accepts; `change` edits it before it becomes text. */
export function document(change: (experiment: Document) => void = () => undefined): string {
  const experiment: Document = {
    apiVersion: 'chaos.operatorchaos.io/v1alpha1',
    kind: 'ChaosExperiment',
    metadata: { name: 'kill-the-shop' },
    spec: {
      tier: 1,
      target: { operator: 'shop', component: 'checkout', resource: 'Deployment/checkout' },
      steadyState: {
        checks: [
          {
            type: 'conditionTrue',
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: 'checkout',
            namespace: 'shop',
            conditionType: 'Available',
          },
        ],
        timeout: '30s',
      },
      injection: { type: 'PodKill', parameters: { labelSelector: 'app=checkout' }, ttl: '300s' },
      hypothesis: { description: 'the shop keeps selling', recoveryTimeout: '60s' },
      blastRadius: { maxPodsAffected: 1, allowedNamespaces: ['shop'] },
    },
  };
  change(experiment);
  return stringify(experiment);
}

export interface Document {
  apiVersion: unknown;
  kind: unknown;
  metadata: Plain;
  spec: {
    tier: unknown;
    target: Plain;
    steadyState: { checks: Plain[]; timeout?: unknown };
    injection: Plain & { parameters: Plain };
    hypothesis: Plain;
    blastRadius: Plain;
  };
  [field: string]: unknown;
}

/** Parameters that every rule of the type accepts, and whether they need high danger, or a cluster-wide scope. */
export const GOOD: Record<FaultType, { parameters: Record<string, string>; high?: boolean; cluster?: boolean }> = {
  PodKill: { parameters: { labelSelector: 'app=web' } },
  NetworkPartition: { parameters: { labelSelector: 'app=web,tier!=db' } },
  CRDMutation: {
    parameters: { apiVersion: 'shop.example/v1', kind: 'Basket', name: 'big', path: 'spec.size', value: '9' },
  },
  ConfigDrift: { parameters: { name: 'config', key: 'mode', value: '' } },
  WebhookDisrupt: {
    parameters: { webhookName: 'check.shop', action: 'setFailurePolicy', value: 'Ignore' },
    high: true,
    cluster: true,
  },
  RBACRevoke: { parameters: { bindingName: 'shop-Reader', bindingType: 'RoleBinding' } },
  FinalizerBlock: { parameters: { apiVersion: 'shop.example/v1', kind: 'Basket', name: 'big' } },
  ClientFault: { parameters: { faults: '{"get":{"errorRate":0.5,"error":"boom"}}' } },
  OwnerRefOrphan: { parameters: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  QuotaExhaustion: { parameters: { quotaName: 'tiny', pods: '0', cpu: '100m', memory: '1Gi' } },
  WebhookLatency: { parameters: { resources: 'deployments', apiGroups: 'apps', delay: '5s' }, high: true },
  NamespaceDeletion: { parameters: { namespace: 'shop' }, high: true },
  LabelStomping: {
    parameters: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', labelKey: 'app', action: 'overwrite' },
  },
  SecretDeletion: { parameters: { name: 'token' }, high: true },
  DeploymentScaleZero: { parameters: { name: 'web' }, high: true },
  LeaderElectionDisrupt: { parameters: { name: 'leader' }, high: true },
  CrashLoopInject: { parameters: { name: 'web', containerName: 'main' }, high: true },
  ImageCorrupt: { parameters: { name: 'web', image: 'registry.invalid/x:y' }, high: true },
  ResourceDeletion: { parameters: { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'shop' }, high: true },
  PDBBlock: { parameters: { labelSelector: 'app=web, tier=front' }, high: true },
};

/** A document of this type with the good parameters and those given; undefined takes one out. */
export function ofType(
  type: FaultType,
  parameters: Record<string, string | undefined> = {},
  change: (experiment: Document) => void = () => undefined,
): string {
  const good = GOOD[type];
  return document(experiment => {
    const merged = Object.entries({ ...good.parameters, ...parameters }).filter(([, value]) => value !== undefined);
    experiment.spec.injection = {
      type,
      parameters: Object.fromEntries(merged),
      ...(good.high ? { dangerLevel: 'high' } : {}),
    };
    experiment.spec.blastRadius = {
      maxPodsAffected: 1,
      ...(good.cluster ? {} : { allowedNamespaces: ['shop'] }),
      ...(good.high ? { allowDangerous: true } : {}),
    };
    change(experiment);
  });
}
