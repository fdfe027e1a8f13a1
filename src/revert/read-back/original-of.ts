import type { Live, Read } from '../../faults/contract.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { isNamed, nameOf } from '../../k8s/object-ref.ts';
import { isBackupFinding } from '../restore/stages.ts';
import type { FaultOf } from '../scan/classify.ts';
import { shownBy } from './not-held.ts';

/**
 * What the undo record of a finding tells of the original, without a request: from the object that carries it and the backups as they were
 * read. Of a Secret never a value: its size and digest, or where it is kept. Undefined where the record tells nothing.
 */
export function originalOf(faultOf: FaultOf, finding: FoundInjection): string | undefined {
  const fault = faultOf(finding.type);
  if (fault === undefined || finding.state === 'foreign') return undefined;
  try {
    const live = remembered(known => fault.restoreReads(finding, known), finding.beside ?? []);
    const { original } = shownBy(fault.restore(finding, live));
    if (!isBackupFinding(finding)) return original;
    return [original, `kept in ${nameOf(finding.object)}`].filter(part => part !== undefined).join(', ');
  } catch {
    // The content of the record is to blame, which is told elsewhere.
    return undefined;
  }
}

/** The message with the original at its end, unless it tells it already. */
export function withOriginal(message: string, original: string | undefined): string {
  if (original === undefined || message.includes(`original ${original}`)) return message;
  return `${message}; the undo record says: original ${original}`;
}

/** The answers to reads of a restore from memory alone; what is not in memory counts as not there. */
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
