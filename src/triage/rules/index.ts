import type { Rule } from '../rule.ts';

import { apiRules } from './api/index.ts';
import { apiserviceRules } from './apiservice/index.ts';
import { certificateRules } from './certificates/index.ts';
import { chaosRules } from './chaos/index.ts';
import { crdRules } from './crd/index.ts';
import { gitopsRules } from './gitops/index.ts';
import { helmRules } from './helm/index.ts';
import { hpaRules } from './hpa/index.ts';
import { jobRules } from './jobs/index.ts';
import { leaseRules } from './leases/index.ts';
import { namespaceRules } from './namespaces/index.ts';
import { nodeRules } from './nodes/index.ts';
import { olmRules } from './olm/index.ts';
import { operatorRules } from './operators/index.ts';
import { pdbRules } from './pdb/index.ts';
import { podRules } from './pods/index.ts';
import { policyRules } from './policies/index.ts';
import { quotaRules } from './quotas/index.ts';
import { rbacRules } from './rbac/index.ts';
import { schedulingRules } from './scheduling/index.ts';
import { secretRules } from './secrets/index.ts';
import { serviceRules } from './services/index.ts';
import { storageRules } from './storage/index.ts';
import { webhookRules } from './webhook/index.ts';
import { workloadRules } from './workloads/index.ts';

/** Every rule of triage. An area lists its own rules in its `index.ts`. */
export const RULES: readonly Rule[] = [
  ...chaosRules,
  ...apiRules,
  ...apiserviceRules,
  ...nodeRules,
  ...crdRules,
  ...webhookRules,
  ...certificateRules,
  ...gitopsRules,
  ...policyRules,
  ...namespaceRules,
  ...rbacRules,
  ...leaseRules,
  ...olmRules,
  ...helmRules,
  ...operatorRules,
  ...quotaRules,
  ...storageRules,
  ...workloadRules,
  ...podRules,
  ...schedulingRules,
  ...secretRules,
  ...serviceRules,
  ...jobRules,
  ...hpaRules,
  ...pdbRules,
];
