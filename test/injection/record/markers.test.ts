import { describe, expect, it } from 'vitest';
import {
  lockName,
  namespaceBackupName,
  networkPolicyName,
  pdbName,
  resourceBackupName,
  rollbackSecretName,
  webhookLatencyName,
} from '../../../src/injection/record/markers.ts';

describe('names that the framework looks up', () => {
  it.each([
    ['app=foo', 'operator-chaos-np-app-foo'],
    ['control-plane=odh-model-controller', 'operator-chaos-np-control-plane-odh-model-controller'],
    [
      'control-plane=controller-manager,app.kubernetes.io/name=feast-operator',
      'operator-chaos-np-control-plane-controller-manager-app-90854624',
    ],
    [
      'app.kubernetes.io/name=data-science-pipelines-operator',
      'operator-chaos-np-app-kubernetes-io-name-data-science--4da83ec1',
    ],
    ['App in (Web)', 'operator-chaos-np-app-in--web'],
  ])('the policy for %s', (selector, name) => expect(networkPolicyName(selector)).toBe(name));

  it.each([
    [
      webhookLatencyName('horizontalpodautoscalers,statefulsets'),
      'chaos-webhook-latency-horizontalpodautoscalers-state',
    ],
    [webhookLatencyName('Pods, Services'), 'chaos-webhook-latency-pods-services'],
    [webhookLatencyName(''), 'chaos-webhook-latency-default'],
    [rollbackSecretName('oauth', 'OAUTH2_PROXY_CLIENT_ID'), 'chaos-rollback-oauth-oauth2-proxy-client-id'],
    [rollbackSecretName('s', 'k'.repeat(40)), `chaos-rollback-s-${'k'.repeat(30)}`],
    [pdbName({ tier: 'b', app: 'a' }), 'chaos-pdb-a'],
    [namespaceBackupName('shop'), 'chaos-rollback-ns-shop'],
    [resourceBackupName('ConfigMap', 'c'), 'chaos-backup-resource-configmap-c'],
    [lockName('kserve'), 'operator-chaos-lock-kserve'],
  ])('%s', (actual, expected) => expect(actual).toBe(expected));
});
