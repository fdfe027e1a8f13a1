import { CORRUPT_CONTAINER, ORIGINAL_IMAGE_PREFIX } from '../../injection/record/markers.ts';
import { targetName } from '../rules/check.ts';
import { type FaultRules, optional, required } from '../rules/rules.ts';
import { deploymentRules } from '../rules/targets.ts';

/** What an ImageCorrupt accepts, and what it leaves behind. */
export const rules: FaultRules = {
  ...deploymentRules,
  parameters: { name: required(targetName), containerName: optional(), image: optional() },
  recognises: { annotation: key => key === CORRUPT_CONTAINER || key.startsWith(ORIGINAL_IMAGE_PREFIX) },
};
