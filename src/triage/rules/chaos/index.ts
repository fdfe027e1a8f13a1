import type { Rule } from '../../rule.ts';
import { injectionRules } from './injection.ts';
import { otherTool } from './other-tool.ts';

/** Injections, our own, the framework's and those of other tools: facts that explain what follows. */
export const chaosRules: readonly Rule[] = [...injectionRules, otherTool];
