import type { Rule } from '../../rule.ts';
import { pdbBlocks, pdbOverlap, pdbStale } from './blocks.ts';

export const pdbRules: readonly Rule[] = [pdbBlocks, pdbOverlap, pdbStale];
