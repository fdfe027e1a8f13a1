import { CRASH_CONTAINER, ORIGINAL_COMMAND_PREFIX } from '../../injection/record/markers.ts';
import { kubernetesName, targetName } from '../rules/check.ts';
import { type FaultRules, optional, required } from '../rules/rules.ts';
import { deploymentRules } from '../rules/targets.ts';

/** What a CrashLoopInject accepts, and what it leaves behind. */
export const rules: FaultRules = {
  ...deploymentRules,
  parameters: { name: required(targetName), containerName: optional(kubernetesName) },
  recognises: { annotation: key => key === CRASH_CONTAINER || key.startsWith(ORIGINAL_COMMAND_PREFIX) },
};
