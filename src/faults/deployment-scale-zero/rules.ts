import { ORIGINAL_REPLICAS } from '../../injection/record/markers.ts';
import type { FaultRules } from '../rules/rules.ts';
import { deploymentRules } from '../rules/targets.ts';

/** What a DeploymentScaleZero accepts, and what it leaves behind. */
export const rules: FaultRules = {
  ...deploymentRules,
  expects: 'self-heal',
  recognises: { annotation: key => key === ORIGINAL_REPLICAS },
};
