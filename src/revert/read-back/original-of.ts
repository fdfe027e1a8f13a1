import type { Live, Read } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isNamed, nameOf } from '../../k8s/object-ref.ts';
import { isBackupFinding } from '../restore/stages.ts';
import type { FaultOf } from '../scan/classify.ts';
import { shownBy } from './not-held.ts';

/**
 * The original of a found injection for the screen, without a request: from the undo record and the backups as they were read. Of a
 * Secret only the size and digest, or the name of its backup. Undefined if the record does not hold the original.
 */
export function originalOf(faultOf: FaultOf, finding: FoundInjection): string | undefined {
  const fault = faultOf(finding.type);
  if (fault === undefined || finding.state === 'foreign') return undefined;
  try {
    const live = remembered(known => fault.restoreReads(finding, known), finding.beside ?? []);
    const restore = fault.restore(finding, live);
    // A backup that was edited, or belongs to something else, does not hold the original.
    if (restore.is === 'corrupt') return undefined;
    const { original } = shownBy(restore);
    if (!isBackupFinding(finding)) return original;
    return [original, `kept in ${nameOf(finding.object)}`].filter(part => part !== undefined).join(', ');
  } catch {
    // Only malformed content of the record throws; that is reported elsewhere.
    return undefined;
  }
}

/** The message with the original at its end, unless the message has it already. */
export function withOriginal(message: string, original: string | undefined): string {
  if (original === undefined || message.includes(`original ${original}`)) return message;
  return `${message}; the undo record says: original ${original}`;
}

/** The reads of a restore, answered from memory alone; an object that is not in memory counts as missing. */
function remembered(wants: (live: Live) => Read[], beside: readonly KubeObject[]): Live {
  const live = new Map<string, KubeObject | null>();
  for (;;) {
    const open = wants(live).filter(({ key }) => !live.has(key));
    if (open.length === 0) return live;
    for (const read of open) {
      const kept = 'get' in read ? beside.find(one => isNamed(one, read.get)) : undefined;
      live.set(read.key, kept ?? null);
    }
  }
}
