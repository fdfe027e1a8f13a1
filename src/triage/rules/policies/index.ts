import type { Rule } from '../../rule.ts';
import { policyBroken, policyParams } from './admission-policy.ts';
import { policyUnenforced } from './enforcement.ts';
import { policyFailing } from './failing.ts';

/** Rules about admission policies: those of the API server itself, and those of policy engines. */
export const policyRules: readonly Rule[] = [policyParams, policyFailing, policyBroken, policyUnenforced];
