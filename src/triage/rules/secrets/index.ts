import type { Rule } from '../../rule.ts';
import { externalSecret } from './external.ts';

export const secretRules: readonly Rule[] = [externalSecret];
