import { resolveNamespace } from '../experiment/scope.ts';
import type { LoadedExperiment } from '../experiment/types.ts';
import type { Facts, Fault, Plan, Read, Refusal, Scope } from '../faults/contract.ts';
import { faultOf } from '../faults/registry.ts';
import { fetchLive } from '../injection/live.ts';
import { isRefusal, refuse } from '../injection/refuse.ts';
import { nameOf } from '../k8s/object-ref.ts';
import type { Api } from '../kube/client/api.ts';
import { type GateResult, pass, stop } from './gate.ts';
import { planGates } from './gates.ts';
import { latchGate, readLatch } from './latch.ts';
import { withNamesakes } from './namesakes.ts';
import { permissionGate, type ReviewedPermission, reviewPermissions } from './permissions.ts';

/** Everything that is decided before an injection, without writing. */
export interface Preflight {
  scope: Scope;
  /** What was read to decide, as people name it. */
  reads: string[];
  plan: Plan | Refusal;
  gates: GateResult[];
  permissions: ReviewedPermission[];
}

export interface PreflightOptions {
  signal?: AbortSignal | undefined;
  /** Who else is at the operator under test; nobody is asked without it. */
  lock?: (() => Promise<GateResult>) | undefined;
}

/** Reads, plans and passes every gate; one answer for `plan`, `run` and the console's preview. Nothing is written. */
export async function preflight(
  api: Api,
  loaded: LoadedExperiment,
  facts: Facts,
  { signal, lock }: PreflightOptions = {},
): Promise<Preflight> {
  const { experiment } = loaded;
  const scope = scopeOf(loaded);
  const fault = faultOf(experiment.spec.injection.type);
  const params = fault.parse(experiment.spec.injection.parameters);
  const reads: Read[] = [];
  const [plan, latch, locked] = await Promise.all([
    planned(api, fault, params, scope, facts, reads, signal),
    readLatch(api, signal),
    lock?.(),
  ]);
  const read = reads.map(readName);
  const others = locked ? [locked] : [];
  if (isRefusal(plan)) return { ...refused(scope, read, plan), gates: [planGate(plan), latchGate(latch), ...others] };
  const asked = await askGates(api, loaded, plan, signal, latchGate(latch));
  return { scope, reads: read, plan, ...asked, gates: [...asked.gates, ...others] };
}

/** The namespace and count that an experiment asks for. */
export function scopeOf({ experiment }: LoadedExperiment): Scope {
  const { injection, blastRadius } = experiment.spec;
  const { namespace } = resolveNamespace(experiment);
  return { namespace, count: injection.count, allowed: blastRadius.allowedNamespaces };
}

/** Reads what the fault asks for and plans; `reads` collects what was asked. */
async function planned(
  api: Api,
  fault: Fault<unknown>,
  params: unknown,
  scope: Scope,
  facts: Facts,
  reads: Read[],
  signal: AbortSignal | undefined,
): Promise<Plan | Refusal> {
  const live = await fetchLive(
    api,
    seen => {
      const wanted = fault.reads(params, scope, seen);
      reads.push(...wanted.filter(read => !reads.some(other => other.key === read.key)));
      return wanted;
    },
    signal,
  );
  const made = fault.plan(params, scope, live, facts);
  return isRefusal(made) && made.code === 'not-found' ? withNamesakes(api, made, reads, live, signal) : made;
}

/** Every gate for a plan that is about to be sent. `latch` is asked anew unless it is given. */
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
    pass('plan', `${plan.writes.length} ${plan.writes.length === 1 ? 'write' : 'writes'}`),
    ...planGates(loaded.experiment, plan),
    permissionGate(permissions, api.identity.user),
    latched,
  ];
  return { gates, permissions };
}

/** The first gate that is not passed, as a refusal; undefined when all are. */
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
