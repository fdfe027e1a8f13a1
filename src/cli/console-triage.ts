import { loadView, type ViewLoading } from '../health/view/load.ts';
import type { Api } from '../kube/client/api.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { GateResult } from '../triage/gate-run.ts';
import { lookAt } from '../triage/look.ts';
import type { Triage } from '../triage/result.ts';
import { RULES } from '../triage/rules/index.ts';

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
