import type { Rule } from '../../rule.ts';
import { clockSkew } from './clock-skew.ts';
import { flowControl } from './flow-control.ts';
import { apiReadyz } from './readyz.ts';

/** The API server itself. */
export const apiRules: readonly Rule[] = [apiReadyz, clockSkew, flowControl];
