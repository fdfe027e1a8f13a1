import type { Rule } from '../../rule.ts';
import { finalizerStuck } from './finalizer.ts';
import { namespaceTerminating } from './terminating.ts';

/** Rules about namespaces and other objects that stay Terminating. */
export const namespaceRules: readonly Rule[] = [namespaceTerminating, finalizerStuck];
