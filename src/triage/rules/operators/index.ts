import type { Rule } from '../../rule.ts';
import { operatedNotReady } from './not-ready.ts';

export const operatorRules: readonly Rule[] = [operatedNotReady];
