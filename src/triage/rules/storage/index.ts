import type { Rule } from '../../rule.ts';
import { claimPending } from './claim.ts';
import { volumeTrouble } from './volume.ts';

export const storageRules: readonly Rule[] = [claimPending, volumeTrouble];
