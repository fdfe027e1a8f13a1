import type { Rule } from '../../rule.ts';
import { rbacRevoked } from './revoked.ts';

export const rbacRules: readonly Rule[] = [rbacRevoked];
