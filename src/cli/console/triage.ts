import type { LiveView } from '../../health/view/live.ts';
import { loadView, type ViewLoading } from '../../health/view/load.ts';
import type { Api } from '../../kube/client/api.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Triage } from '../../triage/finding/result.ts';
import { RULES } from '../../triage/rules/index.ts';
import type { GateResult } from '../../triage/run/gate-run.ts';
import { lookAt } from '../../triage/run/look.ts';
import { createNamedReader } from '../../triage/run/read-named.ts';
import { BACKGROUND, watchTriage } from '../../triage/run/watch.ts';

/** Runs triage once for the console; reports each gate as soon as it has finished. */
export async function consoleTriage(
  runtime: Runtime,
  api: Api,
  onGate: (gate: GateResult) => void,
  signal: AbortSignal,
  live: ViewLoading = loadView(api, runtime.realClock, { signal }),
): Promise<Triage> {
  return (await lookAt(live, api, runtime.realClock, RULES, onGate, signal)).triage;
}

/** Runs triage again whenever the live view changes, until the signal aborts, so that the health screen agrees with triage. */
export async function followTriage(
  { realClock }: Runtime,
  api: Api,
  live: LiveView,
  onTriage: (triage: Triage) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = () => createNamedReader(api, realClock, signal);
  const serverNow = () => api.serverTime().now;
  const watching = { live, clock: realClock, rules: RULES, reader, serverNow, signal, pace: BACKGROUND };
  for await (const { triage } of watchTriage(watching)) onTriage(triage);
}
