import { asFaultType } from '../../faults/types.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { readEnvelope, readMayday } from '../../injection/record/envelope.ts';
import { MAYDAY, ROLLBACK_DATA, TYPE_LABEL } from '../../injection/record/markers.ts';
import { recordOfType } from '../../injection/record/record-history.ts';
import { stripMarks } from '../../injection/record/strip.ts';
import { execute } from '../../injection/write/executor.ts';
import { FIELD_MANAGER } from '../../injection/write/ownership.ts';
import { patchOf } from '../../injection/write/patch-of.ts';
import type { Receipt } from '../../injection/write/receipt.ts';
import type { Write } from '../../injection/write/write.ts';
import { pointer, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { blindReason } from '../blind.ts';
import type { RevertDeps } from '../deps.ts';
import type { Decision } from '../scan/classify.ts';
import { recognise } from '../scan/recognise.ts';
import { giveUpFields } from './hand-over.ts';

type End = Pick<Receipt, 'outcome' | 'verified'> & { message: string; retry?: boolean };

/**
 * The write that removes the marks and leaves every value as it is, for an object that a person has checked: its record
 * is lost, cannot be read, or is for a version that is no longer served, or a third value or an old record prevents the
 * restore. Undefined if no person is needed, or if the injection has more than the object's own marks, such as a backup.
 */
export function strippingWrite({ finding, restore }: Decision): Write | undefined {
  const type = asFaultType(finding.type);
  const isOwn = restore?.is === 'diverged' && restore.writes.every(write => isPatchOf(finding.live, write));
  const isLost =
    restore === undefined && (finding.lost === true || finding.unserved === true || finding.unreadable === true);
  if (type === undefined || !(isOwn || isLost)) return undefined;
  const { live } = finding;
  const label = live.metadata.labels?.[TYPE_LABEL];
  const held = label === type ? [test(pointer('metadata', 'labels', TYPE_LABEL), label)] : [];
  // A record that was found elsewhere is not on the object.
  const unreadable = finding.unreadable ? [ROLLBACK_DATA] : [];
  const records = finding.lost ? [] : [...new Set([...unreadable, ...Object.keys(recordOfType(live, type)), MAYDAY])];
  return patchOf(live, [...held, ...stripMarks(live, type, records, factsOn(live))], {
    says: `strip the marks of ${nameOf(finding.object)}`,
    atVersion: false,
  });
}

const isPatchOf = ({ kind, metadata }: KubeObject, { verb, on }: Write): boolean =>
  verb === 'patch' && on.kind === kind && on.name === metadata.name;

function factsOn({ metadata: { annotations = {} } }: KubeObject) {
  const envelope = readEnvelope(annotations[ROLLBACK_DATA] ?? '');
  return (envelope.ok ? envelope.mayday : undefined) ?? readMayday(annotations[MAYDAY]);
}

/**
 * Removes the marks and reads back. The value is not compared, because a person has accepted it, and so mayday also gives
 * up its ownership: it would look like a leftover without marks, and keep the team from applying another value.
 */
export async function stripOnly(deps: RevertDeps, finding: FoundInjection, write: Write): Promise<End> {
  const { state, message } = await execute([write], deps, { id: finding.id, purpose: 'revert' });
  if (state !== 'done') return { outcome: 'failed', verified: false, message, retry: state === 'conflict' };
  const got = await deps.api.get(finding.object);
  if (!got.ok && got.reason !== 'not-found')
    return { outcome: 'failed', verified: false, message: `could not be read back: ${blindReason(got)}`, retry: true };
  if (got.ok && recognise(got.value).some(({ id }) => id === finding.id))
    return { outcome: 'failed', verified: false, message: 'read back: the marks are still there', retry: true };
  const isFree = got.ok && recognise(got.value).length === 0;
  const owned = isFree ? await giveUpFields(deps, finding.id, got.value) : undefined;
  const note = owned === undefined ? '' : `; field manager ${FIELD_MANAGER} still owns values of it (${owned})`;
  return {
    outcome: 'stripped',
    verified: true,
    message: `the marks are removed, as requested; the value was left as it is and not compared${note}`,
  };
}
