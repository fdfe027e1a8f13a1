import { SOAK_MS } from '../run/phases/baseline.ts';
import type { SuiteSettings } from './journal.ts';

/** The default settings of a suite. */
export const SUITE_DEFAULTS: SuiteSettings = {
  parallel: 4,
  rounds: 1,
  failFast: false,
  dryRun: false,
  set: [],
  gateMs: 120_000,
  soakMs: SOAK_MS,
};
