import type { Rule } from '../../rule.ts';
import { dnsEgress } from './dns-egress.ts';
import { gatewayNotProgrammed } from './gateway.ts';
import { externalName, ingressBackend, ingressClass } from './ingress.ts';
import { networkIsolated } from './isolated.ts';
import { loadBalancerPending } from './load-balancer.ts';
import { noReadyPods, serviceSelector, slicesStale } from './no-endpoints.ts';
import { ingressOfOnePath } from './same-path.ts';
import { targetPort } from './target-port.ts';
import { serviceOfTwoApps } from './two-apps.ts';

export const serviceRules: readonly Rule[] = [
  targetPort,
  serviceSelector,
  slicesStale,
  noReadyPods,
  externalName,
  ingressBackend,
  ingressClass,
  networkIsolated,
  dnsEgress,
  loadBalancerPending,
  gatewayNotProgrammed,
  serviceOfTwoApps,
  ingressOfOnePath,
];
