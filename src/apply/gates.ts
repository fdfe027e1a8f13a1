import type { LoadedExperiment } from '../experiment/types.ts';
import type { Facts, Permission } from '../faults/contract.ts';
import { faultOf } from '../faults/registry.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import { groupOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import { type FreezeWindow, freezeGates } from '../safety/freeze.ts';
import { type GateResult, pass, stop } from '../safety/gate.ts';
import { planGates } from '../safety/gates.ts';
import { latchGate, readLatch } from '../safety/latch.ts';
import { permissionGate, resourceText, reviewPermissions } from '../safety/permissions.ts';
import { readAndPlan, scopeOf } from '../safety/read-and-plan.ts';
import { counted } from '../text/counted.ts';
import type { ExperimentKind } from './experiment-kind.ts';

export interface ApplyGates {
  gates: GateResult[];
  /** Warnings, a line each. */
  warnings: string[];
}

/**
 * Asks every gate of a run before the framework's controller injects. The fault is planned as if mayday injected it, so that what it would reach is counted;
 * the permissions checked are those to create and delete a ChaosExperiment, since the controller injects with its own. Writes nothing.
 */
export async function askApplyGates(
  api: Api,
  loaded: LoadedExperiment,
  of: {
    kind: ExperimentKind;
    facts: Facts;
    lock?: (() => Promise<GateResult>) | undefined;
    freeze: readonly FreezeWindow[];
    signal: AbortSignal;
  },
): Promise<ApplyGates> {
  const { spec, metadata } = loaded.experiment;
  const fault = faultOf(spec.injection.type);
  const params = fault.parse(spec.injection.parameters);
  const asked = { params, scope: scopeOf(loaded), facts: () => of.facts };
  const [{ plan }, latch, own, locked] = await Promise.all([
    readAndPlan(api, fault, asked, of.signal),
    readLatch(api, of.signal),
    reviewPermissions(api, ownPermissions(of.kind, metadata.namespace), of.signal),
    of.lock?.(),
  ]);
  const others = [
    dryRunGate(spec.blastRadius.dryRun),
    permissionGate(own, api.identity.user),
    latchGate(latch),
    ...freezeGates(of.freeze, api.serverTime().now),
    ...(locked === undefined ? [] : [locked]),
  ];
  if (isRefusal(plan)) {
    const code = plan.code === 'blind' ? ('blind' as const) : undefined;
    return { gates: [stop('plan', plan.message, code), ...others], warnings: [] };
  }
  const revertPermissions = await reviewPermissions(
    api,
    plan.permissions.filter(one => one.for === 'revert'),
    of.signal,
  );
  const missing = revertPermissions.filter(({ allowed, optional }) => allowed !== true && optional === undefined);
  return {
    gates: [
      pass('plan', `about ${counted(plan.writes.length, 'write')} by its controller`),
      ...planGates(loaded.experiment, plan),
      ...others,
    ],
    warnings: [
      ...plan.warnings,
      ...missing
        .slice(0, 1)
        .map(
          one =>
            `should its controller not revert it, ${api.identity.user} cannot either: may not ${one.verb} ${resourceText(one)}${missing.length > 1 ? ` and ${missing.length - 1} more` : ''}`,
        ),
    ],
  };
}

/** The gate for `blastRadius.dryRun`, which the framework's controller ignores. */
const dryRunGate = (isDry: boolean): GateResult =>
  isDry
    ? stop(
        'dry run',
        "blastRadius.dryRun is true, which the framework's controller ignores: it would inject; --dry-run tries it without creating it",
      )
    : pass('dry run', 'not asked for');

function ownPermissions({ apiVersion, kind }: ExperimentKind, namespace: string | undefined): Permission[] {
  const of = (verb: string, purpose: Permission['for'], optional?: string): Permission => ({
    verb,
    group: groupOf(apiVersion),
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    for: purpose,
    ...(optional === undefined ? {} : { optional }),
  });
  return [
    of('create', 'inject'),
    of('get', 'inject'),
    of('watch', 'inject', 'it is read each second instead'),
    of('delete', 'revert', 'you cannot stop it'),
  ];
}
