import type { ObjectRef } from '../../k8s/object.ts';
import type { Finding } from '../finding/finding.ts';
import type { Remedy } from './remedy.ts';
import { rollback } from './rollback.ts';
import { setImage } from './set-image.ts';
import { setSelector } from './set-selector.ts';
import { hardRefresh, refreshesNamed, restart, stripFinalizer, uncordon } from './simple.ts';
import { deleteStaleWebhook } from './stale-webhook.ts';

/** The fixes that mayday itself can carry out, in order of preference. */
const REMEDIES: readonly Remedy[] = [
  uncordon,
  hardRefresh,
  deleteStaleWebhook,
  stripFinalizer,
  setImage,
  setSelector,
  rollback,
  restart,
];

/** The remedies of a finding, best first; empty when only a person can fix it. */
export const remediesOf = (finding: Finding): Remedy[] => [
  ...REMEDIES.filter(remedy => remedy.fits(finding)),
  ...refreshesNamed(finding),
];

/** The object that a remedy of this finding changes. */
export const changedBy = (remedy: Remedy, finding: Finding): ObjectRef => remedy.on ?? finding.object;
