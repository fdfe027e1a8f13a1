import type { ClusterView } from '../../health/view/cluster-view.ts';
import { type LoadOptions, loadView, type ViewLoading } from '../../health/view/load.ts';
import type { Clock } from '../../host/clock.ts';
import type { Api } from '../../kube/client/api.ts';
import { conclude, type Triage } from '../finding/result.ts';
import type { Rule } from '../rule.ts';
import type { GateResult } from './gate-run.ts';
import { createNamedReader } from './read-named.ts';
import { runGates } from './run.ts';

/** The result of one triage of a cluster. */
export interface Looked {
  triage: Triage;
  view: ClusterView;
  /** Server time in milliseconds. */
  now: number;
}

/** Reads the cluster once, runs the rules over it, and reports each gate as it finishes. */
export async function lookOnce(
  api: Api,
  clock: Pick<Clock, 'monotonic'>,
  rules: readonly Rule[],
  onGate: (gate: GateResult) => void = () => {},
  options: LoadOptions = {},
): Promise<Looked> {
  const { signal } = options;
  return lookAt(loadView(api, clock, options), api, clock, rules, onGate, signal);
}

/** Runs the rules over a view that is being filled or followed, and reports each gate as it finishes. */
export async function lookAt(
  loading: ViewLoading,
  api: Api,
  clock: Pick<Clock, 'monotonic'>,
  rules: readonly Rule[],
  onGate: (gate: GateResult) => void = () => {},
  signal?: AbortSignal,
): Promise<Looked> {
  const reader = createNamedReader(api, clock, signal);
  const { now } = api.serverTime();
  const gates: GateResult[] = [];
  const run = runGates({
    rules,
    view: loading.view,
    now,
    read: reads => reader.read(reads),
    settled: kinds => loading.settled(kinds),
    monotonic: () => clock.monotonic(),
  });
  for await (const gate of run) {
    gates.push(gate);
    onGate(gate);
  }
  return { triage: conclude(gates, loading.view), view: loading.view, now };
}
