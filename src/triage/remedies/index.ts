import type { Finding } from '../finding.ts';
import type { Remedy } from './remedy.ts';
import { rollback } from './rollback.ts';
import { hardRefresh, restart, stripFinalizer, uncordon } from './simple.ts';
import { deleteStaleWebhook } from './stale-webhook.ts';

/** What mayday itself can do, the first that fits first. */
const REMEDIES: readonly Remedy[] = [uncordon, hardRefresh, deleteStaleWebhook, stripFinalizer, rollback, restart];

/** The remedies of a finding, best first; empty where only a person can mend it. */
export const remediesOf = (finding: Finding): Remedy[] => REMEDIES.filter(remedy => remedy.fits(finding));
