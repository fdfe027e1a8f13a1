import type { FaultType } from '../faults/types.ts';
import type { FoundInjection } from '../injection/found-injection.ts';
import type { ObjectRef } from '../k8s/object.ts';
import { sameObject } from '../k8s/object-ref.ts';
import type { RunJournalRead } from './unfinished.ts';

/** One object that a run of this machine wrote, and when, milliseconds since the epoch by this machine's clock. */
export interface InjectedHere {
  type: FaultType;
  on: ObjectRef;
  at: number;
}

/** The objects that were injected into, according to these journals. */
export function injectedHere(journals: readonly RunJournalRead[]): InjectedHere[] {
  return journals.flatMap(({ header, entries }) =>
    entries.flatMap(entry =>
      entry.entry === 'intent' && entry.purpose === 'inject' && entry.write.verb !== 'delete'
        ? [{ type: header.experiment.type, on: entry.write.on, at: entry.at }]
        : [],
    ),
  );
}

/** Clocks of this machine and of the cluster may differ by this much. */
const SAME_MOMENT_MS = 120_000;

/** Whether a journal names the object that carries this record. An object that the injection created counts only if it was created after the time in the journal. */
export function isInjectedHere({ type, object, live }: FoundInjection, journalled: readonly InjectedHere[]): boolean {
  const created = Date.parse(live.metadata.creationTimestamp ?? '');
  return journalled.some(
    one =>
      one.type === type &&
      sameObject(one.on, object) &&
      (one.on.uid === undefined ? Math.abs(created - one.at) <= SAME_MOMENT_MS : one.on.uid === object.uid),
  );
}
