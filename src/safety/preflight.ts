import type { LoadedExperiment } from '../experiment/types.ts';
import type { Facts, Plan, Read, Refusal, Scope } from '../faults/contract.ts';
import { faultOf } from '../faults/registry.ts';
import { isRefusal, refuse } from '../injection/plan/refuse.ts';
import { nameOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import { counted } from '../text/counted.ts';
import { type FreezeWindow, freezeGates } from './freeze.ts';
import { type GateResult, pass, stop } from './gate.ts';
import { planGates } from './gates.ts';
import { latchGate, readLatch } from './latch.ts';
import { permissionGate, type ReviewedPermission, reviewPermissions } from './permissions.ts';
import { readAndPlan, scopeOf } from './read-and-plan.ts';

/** Everything that is decided before an injection, without writing. */
export interface Preflight {
  scope: Scope;
  /** The names of the objects that were read, for display. */
  reads: string[];
  plan: Plan | Refusal;
  gates: GateResult[];
  permissions: ReviewedPermission[];
}

export interface PreflightOptions {
  signal?: AbortSignal | undefined;
  /** Asks whether another injector holds the operator under test; without it the lock is not checked. */
  lock?: (() => Promise<GateResult>) | undefined;
  /** Periods in which nothing is injected. */
  freeze?: readonly FreezeWindow[];
}

/** Reads, plans and passes every gate; one answer for `plan`, `run` and the console's preview. Nothing is written. */
export async function preflight(
  api: Api,
  loaded: LoadedExperiment,
  facts: Facts,
  { signal, lock, freeze = [] }: PreflightOptions = {},
): Promise<Preflight> {
  const { experiment } = loaded;
  const scope = scopeOf(loaded);
  const fault = faultOf(experiment.spec.injection.type);
  const params = fault.parse(experiment.spec.injection.parameters);
  const [{ reads, plan }, latch, locked] = await Promise.all([
    readAndPlan(api, fault, { params, scope, facts: () => facts }, signal),
    readLatch(api, signal),
    lock?.(),
  ]);
  const read = reads.map(readName);
  const others = [...freezeGates(freeze, api.serverTime().now), ...(locked ? [locked] : [])];
  if (isRefusal(plan)) return { ...refused(scope, read, plan), gates: [planGate(plan), latchGate(latch), ...others] };
  const answers = await askGates(api, loaded, plan, signal, latchGate(latch));
  return { scope, reads: read, plan, ...answers, gates: [...answers.gates, ...others] };
}

/** Asks every gate for a plan that is about to be sent. The latch is read unless its gate is given. */
export async function askGates(
  api: Api,
  loaded: LoadedExperiment,
  plan: Plan,
  signal?: AbortSignal,
  latch?: GateResult,
): Promise<{ gates: GateResult[]; permissions: ReviewedPermission[] }> {
  const [permissions, latched] = await Promise.all([
    reviewPermissions(api, plan.permissions, signal),
    latch ?? readLatch(api, signal).then(latchGate),
  ]);
  const gates = [
    pass('plan', counted(plan.writes.length, 'write')),
    ...planGates(loaded.experiment, plan),
    permissionGate(permissions, api.identity.user),
    latched,
  ];
  return { gates, permissions };
}

/** The first gate that does not pass, as a refusal; undefined if all pass. */
export function refusalOf(gates: readonly GateResult[]): Refusal | undefined {
  const failed = gates.find(gate => !gate.ok);
  if (failed === undefined) return undefined;
  return refuse(CODES[failed.gate] ?? 'outside-blast-radius', `${failed.gate}: ${failed.reason}`);
}

const CODES: Readonly<Record<string, Refusal['code']>> = {
  pods: 'too-many-pods',
  permissions: 'not-permitted',
  latch: 'latched',
  'forbidden resources': 'forbidden-target',
  'protected names': 'forbidden-target',
};

function planGate(refusal: Refusal): GateResult {
  return stop('plan', refusal.message, refusal.code === 'blind' ? 'blind' : undefined);
}

function refused(scope: Scope, reads: string[], plan: Refusal): Preflight {
  return { scope, reads, plan, gates: [planGate(plan)], permissions: [] };
}

function readName(read: Read): string {
  if ('get' in read) return nameOf(read.get);
  if ('review' in read) return read.review.kind;
  if ('deletion' in read) return `a deletion of ${nameOf(read.deletion)}, as a dry run`;
  const selector = read.labelSelector === undefined ? '' : ` with ${read.labelSelector}`;
  const where = read.list.namespace === undefined ? '' : ` in ${read.list.namespace}`;
  return `all ${read.list.kind}s${where}${selector}`;
}
