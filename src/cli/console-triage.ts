import { loadView } from '../health/view/load.ts';
import type { Api } from '../kube/client/api.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GateResult } from '../triage/gate-run.ts';
import { createNamedReader } from '../triage/read-named.ts';
import { conclude, type Triage } from '../triage/result.ts';
import { RULES } from '../triage/rules/index.ts';
import { runGates } from '../triage/run.ts';

/** One look for what is broken, for the console: each gate is told as it is known. */
export async function consoleTriage(
  runtime: Runtime,
  api: Api,
  hear: (gate: GateResult) => void,
  signal: AbortSignal,
): Promise<Triage> {
  const clock = runtime.realClock;
  const { view, settled } = loadView(api, clock, { signal });
  const { read } = createNamedReader(api, clock, signal);
  const gates: GateResult[] = [];
  const run = { rules: RULES, view, now: api.serverTime().now, read, settled, monotonic: () => clock.monotonic() };
  for await (const gate of runGates(run)) {
    gates.push(gate);
    hear(gate);
  }
  return conclude(gates);
}
