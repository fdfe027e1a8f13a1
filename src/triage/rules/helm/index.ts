import type { Rule } from '../../rule.ts';
import { helmPending } from './pending.ts';

export const helmRules: readonly Rule[] = [helmPending];
