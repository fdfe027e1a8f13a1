import { objectIn } from '../../injection/live.ts';
import { deletionEffect, TARGET } from '../../injection/plan/deletion-plan.ts';
import { leaseSpec } from '../../k8s/lease.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Effect, Live, Plan } from '../contract.ts';
import type { LeaseParams } from './plan.ts';

/** A missing Lease proves the effect. If the Lease was created again, the evidence names its holder. */
export function effect(_params: LeaseParams, plan: Plan, live: Live): Effect {
  const shown = deletionEffect(plan, live);
  const seen = objectIn(live, TARGET);
  if (seen.state !== 'found') return shown;
  const { holderIdentity = '(nobody)', leaseTransitions = 0 } = leaseSpec(seen.value);
  const line = `held by ${sanitise(holderIdentity, 120)}, ${leaseTransitions} transitions`;
  return { ...shown, evidence: [...shown.evidence, line] };
}
