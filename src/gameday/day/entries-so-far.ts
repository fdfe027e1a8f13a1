import { type DayRecord, readDay } from '../journal/read-day.ts';
import type { DayEntry } from '../journal/record.ts';
import type { ProbeSeen } from '../probes/probe.ts';

/** What the journal of the day says so far, whichever process wrote it. */
export interface EntriesSoFar {
  add(entry: DayEntry): void;
  has(kind: DayEntry['kind']): boolean;
  record(): DayRecord;
  /** Who first said that they see the fault of the scenario. */
  seenBy(scenario: string): string | undefined;
  /** The first alert of the scenario. */
  alertOf(scenario: string): string | undefined;
  /** The probes whose state differs from that at the last call or, at the first call, from their last entry. */
  changedProbes(seen: readonly ProbeSeen[]): ProbeSeen[];
}

export function createEntriesSoFar(before: readonly DayEntry[]): EntriesSoFar {
  const entries: DayEntry[] = [];
  const seen = new Map<string, string>();
  const alerts = new Map<string, string>();
  const probes = new Map<string, ProbeSeen['state']>();
  const add = (entry: DayEntry): void => {
    entries.push(entry);
    if (entry.kind === 'seen' && entry.scenario !== undefined && !seen.has(entry.scenario))
      seen.set(entry.scenario, entry.by.name);
    if (entry.kind === 'alert' && !alerts.has(entry.scenario)) alerts.set(entry.scenario, entry.name);
    if (entry.kind === 'probe') probes.set(entry.probe, entry.state);
  };
  for (const entry of before) add(entry);
  return {
    add,
    has: kind => entries.some(entry => entry.kind === kind),
    record: () => readDay(entries.map(entry => JSON.stringify(entry))),
    seenBy: scenario => seen.get(scenario),
    alertOf: scenario => alerts.get(scenario),
    changedProbes: now =>
      now.filter(({ name, state }) => {
        const last = probes.get(name) ?? 'pass';
        probes.set(name, state);
        return last !== state;
      }),
  };
}
