import type { Rule } from '../../rule.ts';
import { leaseExpired } from './expired.ts';

export const leaseRules: readonly Rule[] = [leaseExpired];
