import type { Rule } from '../../rule.ts';
import { crdConversionDead } from './conversion.ts';
import { crdMissing, crdRecreated, crdVersion } from './missing.ts';
import { crdNotEstablished, crdTerminating } from './terminating.ts';

/** Rules about CRDs: whether the kinds exist, are served, and can be read. */
export const crdRules: readonly Rule[] = [
  crdMissing,
  crdTerminating,
  crdRecreated,
  crdNotEstablished,
  crdVersion,
  crdConversionDead,
];
