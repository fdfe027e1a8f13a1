import type { Rule } from '../../rule.ts';
import { injectionRules } from './injection.ts';
import { otherTool } from './other-tool.ts';

/** Rules on injections: mayday's, the framework's and those of other tools. */
export const chaosRules: readonly Rule[] = [...injectionRules, otherTool];
