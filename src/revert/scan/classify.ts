import type { Fault, Live, Read, Restore } from '../../faults/contract.ts';
import { typeByBackup } from '../../faults/recognition.ts';
import type { FoundInjection, FoundState } from '../../injection/found-injection.ts';
import { fetchLive } from '../../injection/live.ts';
import { whyUnreadable } from '../../injection/record/unreadable.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { sanitise } from '../../text/sanitise.ts';
import { atRecordedVersion } from '../restore/recorded-version.ts';
import { leftText } from '../restore/stages.ts';
import { type FindingWithHistory, withHistory, withoutMissingAnnotations } from './history.ts';

export type FaultOf = (type: FoundInjection['type']) => Fault<unknown> | undefined;

/** What to do about a found injection, and the reads that it was decided from. */
export interface Decision {
  finding: FoundInjection;
  /** Undefined if nothing may be done; the injection's message says why. */
  restore?: Restore;
  live: Live;
}

const STATE: Record<Restore['is'], FoundState> = {
  restore: 'injected',
  'already-restored': 'restored',
  diverged: 'diverged',
  corrupt: 'corrupt',
};

/**
 * Reads what the decision needs, and decides; never throws. A type that this version cannot restore stays `injected`,
 * with a message that says so.
 */
export async function decide(
  api: Api,
  faultOf: FaultOf,
  found: FoundInjection,
  signal?: AbortSignal,
): Promise<Decision> {
  const nothing: Live = new Map();
  const isSettled = found.state === 'foreign' || (found.state === 'corrupt' && found.lost !== true);
  if (isSettled) return { finding: found, live: nothing };
  const fault = faultOf(found.type);
  if (!fault) {
    const message = `this version cannot revert ${found.type}; it stays as it is`;
    return { finding: { ...found, state: 'injected', message }, live: nothing };
  }
  try {
    const carrier = await atRecordedVersion(api, found, signal);
    if (found.state !== 'corrupt' && carrier.finding.state === 'corrupt') return carrier;
    const withHistoryRead = await withHistory(api, carrier.finding, signal);
    const { finding } = withHistoryRead;
    if (finding.state === 'corrupt') return { finding, live: withHistoryRead.live };
    const read = await fetchLive(api, known => fault.restoreReads(finding, known), signal);
    const { live, beside } = withBackups(read, fault.restoreReads(finding, read), finding);
    const restore = withDoubt(withHistoryRead, found, fault.restore(finding, live));
    const message = sanitise(`${restore.says}${leftText(restore, finding)}`);
    return {
      finding: { ...finding, ...beside, state: STATE[restore.is], message },
      restore,
      live: new Map([...withHistoryRead.live, ...live]),
    };
  } catch (error) {
    // Failed reads come back as outcomes, so an exception here is caused by the content of the record or of the objects
    // it names.
    const message = sanitise(`${nameOf(found.object)}: ${whyUnreadable(error)}; left as it is`, 400);
    return { finding: { ...found, state: 'corrupt', message }, live: nothing };
  }
}

const isObject = (answer: unknown): answer is KubeObject =>
  typeof answer === 'object' && answer !== null && 'metadata' in answer;

/**
 * Keeps the backups among the reads. For backups deleted since, the earlier read is used, because nothing else holds
 * the original.
 */
function withBackups(
  read: Live,
  reads: readonly Read[],
  finding: FoundInjection,
): { live: Live; beside: Pick<FoundInjection, 'beside'> } {
  const now = [...read.values()].filter(isObject).filter(object => typeByBackup(object) === finding.type);
  const former = (finding.beside ?? []).filter(one => !now.some(({ metadata }) => metadata.name === one.metadata.name));
  const live = new Map(read);
  for (const one of reads) {
    if (!('get' in one) || live.get(one.key) !== null) continue;
    const { kind, name } = one.get;
    const kept = former.find(object => object.kind === kind && object.metadata.name === name);
    if (kept !== undefined) live.set(one.key, kept);
  }
  const beside = [...now, ...former];
  return { live, beside: beside.length === 0 ? {} : { beside } };
}

/**
 * Turns a restore from a doubtful record into `diverged`, so that a person decides. A restore from a copy of the record
 * does not write to annotations that are gone.
 */
function withDoubt({ doubt }: FindingWithHistory, found: FoundInjection, restore: Restore): Restore {
  if (restore.is === 'corrupt') return restore;
  const writes = found.lost === true ? withoutMissingAnnotations(restore.writes, found.live) : restore.writes;
  if (doubt === undefined || restore.is === 'already-restored') return { ...restore, writes };
  if (restore.is === 'diverged') return { ...restore, writes, says: doubt };
  const { original = '(as recorded)', live = '(as it is)' } = restore.shown ?? {};
  const again = restore.again === undefined ? {} : { again: restore.again };
  return { is: 'diverged', writes, original, injected: '(not recorded)', live, says: doubt, ...again };
}
