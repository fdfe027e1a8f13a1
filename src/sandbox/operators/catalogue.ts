import { certManager } from './cert-manager.ts';
import { argocd, kyverno } from './gitops.ts';
import { istiod } from './istio.ts';
import { knativeServing } from './knative.ts';
import { kserve, llmisvc } from './kserve.ts';
import { kserveInOpenDataHub, openDataHub } from './opendatahub.ts';
import type { Operator } from './operator.ts';
import { llamastack, odhModelController, trainingOperator } from './platform.ts';

/**
 * Every operator of the sandbox, in the order of installation. They behave differently, so that verdicts differ:
 *
 * | operator | in trouble |
 * |---|---|
 * | cert-manager | puts its webhook's CA bundle back in 2 s, nothing else |
 * | istiod | restores its webhook's policy in 5 s |
 * | knative-serving | crashes while its autoscaler configuration is broken |
 * | argocd | heals nothing |
 * | kserve | configuration in 4 s, Route host in 6 s; never TLS termination or webhook policy |
 * | llmisvc | heals nothing; a successor waits out the Lease |
 * | opendatahub-operator | takes orphaned Deployments back in 12 s |
 * | odh-model-controller | heals its parameters in 3 s |
 * | training-operator | heals nothing |
 * | llamastack | heals its configuration after 4 minutes: late |
 * | kyverno | restores its webhook configuration in 3 s |
 */
export const OPERATORS: readonly Operator[] = [
  certManager,
  istiod,
  knativeServing,
  argocd,
  kserve,
  llmisvc,
  openDataHub,
  odhModelController,
  kserveInOpenDataHub,
  trainingOperator,
  llamastack,
  kyverno,
];
