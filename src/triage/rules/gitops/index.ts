import type { Rule } from '../../rule.ts';
import { gitopsApplication } from './application.ts';
import { gitopsEngine } from './engine.ts';

/** GitOps: the engine and its applications. */
export const gitopsRules: readonly Rule[] = [gitopsEngine, gitopsApplication];
