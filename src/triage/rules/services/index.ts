import type { Rule } from '../../rule.ts';
import { noReadyPods, serviceSelector, slicesStale } from './no-endpoints.ts';
import { targetPort } from './target-port.ts';

export const serviceRules: readonly Rule[] = [targetPort, serviceSelector, slicesStale, noReadyPods];
