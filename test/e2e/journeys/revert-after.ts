import { expect } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { systemClock } from '../../../src/host/clock.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import type { RevertDeps } from '../../../src/revert/deps.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import type { Stage } from './stage.ts';

interface How {
  /** Whose connection it is; the stage's own unless told. */
  kubeconfig?: string;
  /** Where it scans; the stage's namespace unless told. */
  namespace?: string;
  force?: boolean;
}

/** Scans, lets something happen, and only then reverts the one injection that was found. */
export async function revertAfter(stage: Stage, meanwhile: () => Promise<unknown>, how: How = {}) {
  const { kubeconfig = stage.provider.kubeconfig, namespace = stage.namespace, force = false } = how;
  const connected = await connect({ kubeconfig, clock: systemClock });
  if (!connected.ok) throw new Error(connected.message);
  const api = connected.value;
  const deps: RevertDeps = { api, clock: systemClock, journal: memoryJournal(), faultOf };
  const rescan = { deep: true, namespace };
  const { injections } = await scan(deps, rescan);
  expect(injections).toHaveLength(1);
  await meanwhile();
  const trust = { everything: 'caller' } as const;
  const result = await revertAll(deps, injections, { rescan, trust, force, retryForMs: 1_000 });
  await api.close();
  return result;
}
