import type { Rule } from '../../rule.ts';
import { dnsEgress } from './dns-egress.ts';
import { gatewayNotProgrammed } from './gateway.ts';
import { externalName, ingressBackend, ingressClass } from './ingress.ts';
import { networkIsolated } from './isolated.ts';
import { loadBalancerPending } from './load-balancer.ts';
import { noReadyPods, serviceSelector, slicesStale } from './no-endpoints.ts';
import { targetPort } from './target-port.ts';

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
];
