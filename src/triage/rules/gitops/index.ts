import type { Rule } from '../../rule.ts';
import { gitopsApplication } from './application.ts';
import { applicationSetFails } from './application-set.ts';
import { gitopsEngine } from './engine.ts';
import { fluxNotReady } from './flux.ts';

/** GitOps: the engine and its applications. */
export const gitopsRules: readonly Rule[] = [gitopsEngine, gitopsApplication, applicationSetFails, fluxNotReady];
