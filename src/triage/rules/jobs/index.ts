import type { Rule } from '../../rule.ts';
import { jobFailed } from './failed.ts';
import { jobHeldOpen } from './held-open.ts';
import { cronJobNotRunning } from './not-running.ts';

export const jobRules: readonly Rule[] = [jobFailed, jobHeldOpen, cronJobNotRunning];
