import { planStopGap, type StopGap } from '../../engine/stop-gap.ts';
import type { Plan } from '../../faults/contract.ts';
import type { Api } from '../../kube/client/api.ts';
import { stopGapFor } from '../../runtime/fix-deps.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { age } from '../../text/duration.ts';
import type { Finding } from '../../triage/finding/finding.ts';
import { findingId } from '../../triage/finding/result.ts';
import { blockingHooks } from '../../triage/remedies/dead-hooks.ts';
import { managerOf } from '../../triage/remedies/remedy.ts';

/** How long dead webhooks are kept from blocking by default, milliseconds. */
export const IGNORE_MS = 15 * 60_000;

/** `ignore`, planned on the present state of the cluster, to be shown to a person before it is done. */
export interface PlannedIgnore {
  gap: StopGap;
  plan: Plan;
  /** The names of the webhooks that are ignored. */
  names: readonly string[];
  about: string;
  /** The controller that would undo it, if one is known. */
  keeper: string | undefined;
}

/** Reads the configuration of a finding and plans to keep its dead webhooks from blocking; gives one line on why that is impossible. */
export async function planIgnore(
  runtime: Runtime,
  api: Api,
  finding: Finding,
  { ttlMs = IGNORE_MS, only }: { ttlMs?: number | undefined; only?: string | undefined } = {},
): Promise<PlannedIgnore | { refusal: string; isUsage?: true }> {
  const got = await api.get(finding.object);
  if (!got.ok) return { refusal: got.message };
  const configuration = { ...got.value, apiVersion: finding.object.apiVersion, kind: finding.object.kind };
  const names = blockingHooks(configuration, finding, only);
  if ('refusal' in names) return { ...names, isUsage: true };
  const gap = await stopGapFor(runtime, api, `fix-${findingId(finding)}`, ttlMs);
  const plan = planStopGap(gap, configuration, names);
  if ('refusal' in plan) return plan;
  const end =
    gap.guard === undefined
      ? 'no guardian runs here, so it stays until a person reverts it'
      : 'then its policy is restored';
  const about = `for ${age(ttlMs)} nothing is validated or changed by ${names.join(', ')}; ${end}`;
  return { gap, plan, names, about, keeper: managerOf(configuration) };
}
