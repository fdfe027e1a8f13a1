import type { Rule } from '../../rule.ts';
import { finalizerStuck } from './finalizer.ts';
import { namespaceTerminating } from './terminating.ts';

/** Rules on deleted objects that do not go away. */
export const namespaceRules: readonly Rule[] = [namespaceTerminating, finalizerStuck];
