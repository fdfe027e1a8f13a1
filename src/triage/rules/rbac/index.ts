import type { Rule } from '../../rule.ts';
import { roleLacks } from './lacking.ts';
import { rbacRevoked } from './revoked.ts';

export const rbacRules: readonly Rule[] = [rbacRevoked, roleLacks];
