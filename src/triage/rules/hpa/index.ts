import type { Rule } from '../../rule.ts';
import { hpaAtMaximum } from './at-maximum.ts';
import { hpaNotScaling } from './not-scaling.ts';

export const hpaRules: readonly Rule[] = [hpaNotScaling, hpaAtMaximum];
