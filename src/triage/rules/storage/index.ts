import type { Rule } from '../../rule.ts';
import { claimPending, volumeTrouble } from './claim.ts';

export const storageRules: readonly Rule[] = [claimPending, volumeTrouble];
