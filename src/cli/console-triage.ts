import type { LiveView } from '../health/view/live.ts';
import { loadView, type ViewLoading } from '../health/view/load.ts';
import type { Api } from '../kube/client/api.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GateResult } from '../triage/gate-run.ts';
import { lookAt } from '../triage/look.ts';
import { createNamedReader } from '../triage/read-named.ts';
import type { Triage } from '../triage/result.ts';
import { RULES } from '../triage/rules/index.ts';
import { BACKGROUND, watchTriage } from '../triage/watch.ts';

/** One look for what is broken, for the console: each gate is told as it is known. */
export async function consoleTriage(
  runtime: Runtime,
  api: Api,
  hear: (gate: GateResult) => void,
  signal: AbortSignal,
  live: ViewLoading = loadView(api, runtime.realClock, { signal }),
): Promise<Triage> {
  return (await lookAt(live, api, runtime.realClock, RULES, hear, signal)).triage;
}

/** Looks again whenever the live view has changed, until the signal aborts: so that the health board says what triage says. */
export async function followTriage(
  { realClock }: Runtime,
  api: Api,
  live: LiveView,
  hear: (triage: Triage) => void,
  signal: AbortSignal,
): Promise<void> {
  const reader = () => createNamedReader(api, realClock, signal);
  const serverNow = () => api.serverTime().now;
  const watching = { live, clock: realClock, rules: RULES, reader, serverNow, signal, pace: BACKGROUND };
  for await (const { triage } of watchTriage(watching)) hear(triage);
}
