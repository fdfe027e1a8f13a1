import type { Rule } from '../../rule.ts';
import { injectionRules } from './injection.ts';
import { otherTool } from './other-tool.ts';

/** Rules about injections: those of mayday, of operator-chaos and of other tools. */
export const chaosRules: readonly Rule[] = [...injectionRules, otherTool];
