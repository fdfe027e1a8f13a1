import type { Rule } from '../../rule.ts';
import { nodeNotReady } from './not-ready.ts';

export const nodeRules: readonly Rule[] = [nodeNotReady];
