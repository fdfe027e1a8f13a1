import type { Restore } from '../../faults/contract.ts';
import { typeByBackup } from '../../faults/recognition.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { valueStep } from '../../injection/write/two-steps.ts';
import type { Write } from '../../injection/write/write.ts';
import { sameName } from '../../k8s/object-ref.ts';

/** The writes of a restore, split so that no record of the original is deleted before the original was read back. */
export interface Stages {
  now: Write[];
  /** What follows. `decide`: read and decide again. `strip`: remove the marks, then send the rest. `rest`: only send the rest. */
  next: 'decide' | 'strip' | 'rest';
  rest: Write[];
}

/** Whether a write is to the object that carries the record. */
export const isOn = ({ on }: Write, { object }: FoundInjection): boolean => sameName(on, object);

/** Whether the found injection is a backup: a separate object that holds the original. */
export const isBackupFinding = (finding: FoundInjection): boolean => typeByBackup(finding.live) !== undefined;

/** Whether a restore leaves the object that carries the record in place, without its marks. */
export const keepsCarrier = (restore: Restore, finding: FoundInjection): boolean =>
  writesOf(restore).some(write => write.verb !== 'delete' && isOn(write, finding));

export const writesOf = (restore: Restore): readonly Write[] => (restore.is === 'corrupt' ? [] : restore.writes);

/** Splits the writes of a restore into stages. */
export function stagesOf(restore: Restore, finding: FoundInjection): Stages {
  const writes = [...writesOf(restore)];
  const [first, ...others] = writes;
  if (first === undefined) return { now: [], next: 'rest', rest: [] };
  if (keepsCarrier(restore, finding)) {
    const alone = isOn(first, finding) ? valueStep(first) : undefined;
    return alone === undefined
      ? { now: [first], next: 'rest', rest: others }
      : { now: [alone], next: 'strip', rest: others };
  }
  const dropsLast = others.length > 0 && others.every(write => write.verb === 'delete' && isOn(write, finding));
  const isAgain = 'again' in restore && restore.again === true;
  return dropsLast || isAgain
    ? { now: dropsLast ? [first] : writes, next: 'decide', rest: [] }
    : { now: writes, next: 'rest', rest: [] };
}

/** What is left of the injection although the original is there, to follow a message. */
export const leftText = (restore: Restore, finding: FoundInjection): string =>
  ({ nothing: '', marks: '; only the marks are left', backup: '; only the backup is left' })[
    remainsOf(restore, finding)
  ];

/** What was removed of the injection, to follow a message. */
const removedText = (restore: Restore, finding: FoundInjection): string =>
  ({ nothing: '', marks: '; the marks are removed', backup: '; the backup is deleted' })[remainsOf(restore, finding)];

/** What a restore that is done and read back has done. If a person decided for the restore, with both values and with the question that was asked. */
export function doneSays(restore: Restore, finding: FoundInjection): string {
  if (restore.is !== 'diverged') return `${restore.says}${removedText(restore, finding)}`;
  const { original, live, says } = restore;
  return `restored by decision of a person: the value is now ${original}, and was ${live}; the question was: ${says}`;
}

function remainsOf(restore: Restore, finding: FoundInjection): 'nothing' | 'marks' | 'backup' {
  if (restore.is !== 'already-restored' || restore.writes.length === 0) return 'nothing';
  return keepsCarrier(restore, finding) ? 'marks' : 'backup';
}
