import type { Rule } from '../../rule.ts';
import { gitopsApplication } from './application.ts';
import { applicationSetFails } from './application-set.ts';
import { gitopsEngine } from './engine.ts';
import { fluxNotReady } from './flux.ts';

/** Rules about GitOps engines and what they deploy. */
export const gitopsRules: readonly Rule[] = [gitopsEngine, gitopsApplication, applicationSetFails, fluxNotReady];
