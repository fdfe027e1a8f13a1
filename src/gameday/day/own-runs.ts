import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Permission } from '../../faults/contract.ts';
import type { RunEvent } from '../../run/event.ts';

/** A fault of the day that is in the cluster, and when it must be out. */
interface OpenFault {
  name: string;
  dueAt: number;
}

/** The runs of the day: which are its own, which of their faults are in the cluster, and what their reverts need. */
export interface OwnRuns {
  /** Takes the run for one of the day, whichever process began it. */
  add(run: string): void;
  has(run: string): boolean;
  /** Called before a run, with the permissions that it and its revert need. */
  target(run: string, permissions: readonly Permission[]): void;
  ran(event: RunEvent, loaded: LoadedExperiment): void;
  faults(): OpenFault[];
  /** The permissions that the runs under way need. */
  needed(): Permission[];
}

export function createOwnRuns(): OwnRuns {
  const runs = new Set<string>();
  const faults = new Map<string, OpenFault>();
  const needs = new Map<string, readonly Permission[]>();
  return {
    add: run => {
      runs.add(run);
    },
    has: run => runs.has(run),
    target: (run, permissions) => {
      needs.set(run, permissions);
    },
    ran(event, { experiment }) {
      if (event.event === 'phase' && event.phase === 'Pending') runs.add(event.run);
      if (event.event === 'injected' && event.ttlDeadline !== undefined)
        faults.set(event.run, { name: experiment.metadata.name, dueAt: event.ttlDeadline });
      const isOut = event.event === 'reverted' && event.remaining === 0;
      if (isOut) faults.delete(event.run);
      // A fault that is still in the cluster at the verdict is residue, which stops the day.
      if (isOut || event.event === 'verdict') needs.delete(event.run);
    },
    faults: () => [...faults.values()],
    needed: () => [...needs.values()].flat(),
  };
}
