import type { Rule } from '../../rule.ts';
import { configError } from './config-error.ts';
import { crashLoop, oomKilled } from './crash-loop.ts';
import { imagePull } from './image-pull.ts';
import { startErrorRule } from './start-error.ts';

export const podRules: readonly Rule[] = [imagePull, configError, startErrorRule, oomKilled, crashLoop];
