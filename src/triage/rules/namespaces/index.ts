import type { Rule } from '../../rule.ts';
import { finalizerStuck } from './finalizer.ts';
import { namespaceTerminating } from './terminating.ts';

/** What does not go when it was deleted. */
export const namespaceRules: readonly Rule[] = [namespaceTerminating, finalizerStuck];
